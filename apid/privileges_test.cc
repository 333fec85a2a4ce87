// As apid is on a node, once it has begun.
#include "apid/privileges.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "catch2/catch_test_macros.hpp"

namespace ichor::apid {
namespace {

// The errno with which `call` fails as apid; 0 if it does not.
int ErrnoOf(const std::function<int()>& call) {
  const pid_t child = fork();
  if (child == 0) {
    sys::SandboxRules rules = Privileges();
    rules.require_landlock = false;  // a node's kernel has it; this one may not
    if (!sys::Sandbox(rules).ok()) {
      _exit(99);
    }
    errno = 0;
    _exit(call() >= 0 ? 0 : errno);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("apid's privileges: no file can be opened, looked at or removed", "[kernel]") {
  for (const char* const path : {"/", "/etc/passwd", "/proc/self/mem", "/system/run"}) {
    CHECK(ErrnoOf([&] { return open(path, O_RDONLY | O_CLOEXEC); }) == EPERM);
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
