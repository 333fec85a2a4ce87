// As networkd is on a node: its user, its capabilities, its sandbox.
#include "networkd/privileges.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/sys/errno_in_child.h"

namespace ichor::networkd {
namespace {

constexpr uid_t kUser = 52;

// Becomes the user, with the capabilities that machined gives networkd and no others.
bool BecomeUser() {
  constexpr unsigned kCapabilities[] = {CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE,
                                        CAP_SYS_TIME};
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || setgroups(0, nullptr) != 0 ||
      setresgid(kUser, kUser, kUser) != 0 || setresuid(kUser, kUser, kUser) != 0 ||
      syscall(SYS_capget, &header, data.data()) != 0) {
    return false;
  }
  unsigned wanted = 0;
  for (const unsigned capability : kCapabilities) {
    wanted |= 1U << capability;
  }
  data[0].permitted &= wanted;
  data[0].effective = data[0].permitted;
  data[1] = {};
  return syscall(SYS_capset, &header, data.data()) == 0;
}

struct Node {
  Node() {
    std::string path = "/tmp/privileges_test.XXXXXX";
    REQUIRE(mkdtemp(path.data()) != nullptr);
    directory = path;
    chmod(path.c_str(), 0755);
    std::filesystem::create_directory(directory + "/checkpoint");
    chmod((directory + "/checkpoint").c_str(), 0700);
    std::ofstream(directory + "/checkpoint/machined") << "secret";
    std::filesystem::create_directory(directory + "/networkd");
    may_become_user = chown((directory + "/networkd").c_str(), kUser, kUser) == 0 &&
                      sys::ErrnoInChild(BecomeUser, [] { return 0; }).has_value();
  }
  ~Node() { std::filesystem::remove_all(directory); }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // The errno with which `call` fails as networkd; 0 if it does not.
  int ErrnoOf(const std::function<int()>& call) const {
    if (!may_become_user) {
      SKIP("this user cannot become another one");
    }
    sys::SandboxRules rules = PrivilegesOf(directory + "/networkd/checkpoint");
    rules.require_landlock = false;  // a node's kernel has it; this one may not
    const auto error =
        sys::ErrnoInChild([&rules] { return BecomeUser() && sys::Sandbox(rules).ok(); }, call);
    REQUIRE(error.has_value());
    return *error;
  }

  int Open(const std::string& path, int flags) const {
    return ErrnoOf([&] { return open(path.c_str(), flags | O_CLOEXEC, 0600); });
  }

  std::string directory;
  bool may_become_user = false;
};

}  // namespace

TEST_CASE("networkd's privileges: core_pattern, secrets and machined's checkpoint are closed",
          "[kernel]") {
  const Node node;
  CHECK(node.Open("/proc/sys/kernel/core_pattern", O_WRONLY) == EACCES);
  CHECK(node.Open(node.directory + "/checkpoint/machined", O_RDONLY) == EACCES);
  CHECK(node.Open(node.directory + "/checkpoint/networkd", O_WRONLY | O_CREAT) == EACCES);
  CHECK(node.Open("/proc/1/environ", O_RDONLY) == EACCES);
  CHECK(node.Open("/dev/mem", O_RDONLY) != 0);
}

TEST_CASE("networkd's privileges: its own checkpoint and its sockets are open", "[kernel]") {
  const Node node;
  CHECK(node.Open(node.directory + "/networkd/checkpoint", O_WRONLY | O_CREAT) == 0);
  CHECK(node.ErrnoOf([] { return socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0); }) == 0);
  CHECK(node.ErrnoOf([] { return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0); }) == 0);
}

TEST_CASE("networkd's privileges: no other program, no other process, no mount", "[kernel]") {
  const Node node;
  CHECK(node.ErrnoOf([] { return execl("/bin/true", "true", nullptr); }) == EPERM);
  CHECK(node.ErrnoOf([] { return static_cast<int>(syscall(SYS_ptrace, 16, 1, 0, 0)); }) == EPERM);
  CHECK(node.ErrnoOf([] {
    return static_cast<int>(syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, nullptr));
  }) == EPERM);
  CHECK(node.ErrnoOf([] { return static_cast<int>(syscall(SYS_bpf, 0, nullptr, 0)); }) == EPERM);
}

}  // namespace ichor::networkd
