// As apid is on a node, once it has begun.
#include "apid/privileges.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "catch2/catch_test_macros.hpp"
#include "lib/sys/errno_in_child.h"

namespace ichor::apid {
namespace {

// The errno with which `call` fails as apid; 0 if it does not.
int ErrnoOf(const std::function<int()>& call) {
  sys::SandboxRules rules = Privileges();
  rules.require_landlock = false;  // a node's kernel has it; this one may not
  const auto error = sys::ErrnoInChild([&rules] { return sys::Sandbox(rules).ok(); }, call);
  REQUIRE(error.has_value());
  return *error;
}

int ErrnoOfOpen(const char* path) {
  return ErrnoOf([path] { return open(path, O_RDONLY | O_CLOEXEC); });
}

}  // namespace

TEST_CASE("apid's privileges: no file can be opened, looked at or removed", "[kernel]") {
  for (const char* const path : {"/", "/etc/passwd", "/proc/self/mem", "/system/run"}) {
    CHECK(ErrnoOfOpen(path) == EPERM);
  }
  CHECK(ErrnoOf([] { return access("/etc/passwd", F_OK); }) == EPERM);
  CHECK(ErrnoOf([] { return unlink("/nowhere"); }) == EPERM);
}

TEST_CASE("apid's privileges: no program is started, and only plain sockets are made", "[kernel]") {
  CHECK(ErrnoOf([] { return execl("/bin/true", "true", nullptr); }) == EPERM);
  CHECK(ErrnoOf([] { return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0); }) == EPERM);
  CHECK(ErrnoOf([] { return socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0); }) == EPERM);
  CHECK(ErrnoOf([] { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }) == 0);
  CHECK(ErrnoOf([] { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }) == 0);
}

}  // namespace ichor::apid
