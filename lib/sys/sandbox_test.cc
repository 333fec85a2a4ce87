// Each test takes its privileges away in a child, which says by its exit status what it still
// could.
#include "lib/sys/sandbox.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <optional>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/errno_in_child.h"

namespace ichor::sys {
namespace {

constexpr int kAllowed = 0;

// The errno with which `call` fails in a child under `rules`; absent if it could not be confined.
std::optional<int> ErrnoUnder(const SandboxRules& rules, const std::function<int()>& call) {
  return ErrnoInChild([&rules] { return Sandbox(rules).ok(); }, call);
}

std::string Directory() {
  std::string path = "/tmp/sandbox_test.XXXXXX";
  REQUIRE(mkdtemp(path.data()) != nullptr);
  return path;
}

// The running kernel may be without Landlock; a node's is not.
SandboxRules Rules(const std::string& directory) {
  return {.readable = {"/proc/version?"},
          .writable = {directory},
          .groups = {SyscallGroup::kFiles, SyscallGroup::kSockets},
          .require_landlock = false};
}

bool HasLandlock(const std::string& directory) {
  SandboxRules rules = Rules(directory);
  rules.require_landlock = true;
  return ErrnoUnder(rules, [] { return 0; }).has_value();
}

}  // namespace

TEST_CASE("sandbox: what the rules name still works", "[kernel]") {
  const std::string directory = Directory();
  const std::string file = directory + "/file";
  CHECK(ErrnoUnder(Rules(directory), [&] {
          return open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        }) == kAllowed);
  CHECK(ErrnoUnder(Rules(directory), [&] { return unlink(file.c_str()); }) == kAllowed);
  CHECK(ErrnoUnder(Rules(directory), [] {
          return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        }) == kAllowed);
  rmdir(directory.c_str());
}

TEST_CASE("sandbox: paths that the rules do not name are closed", "[kernel]") {
  const std::string directory = Directory();
  if (!HasLandlock(directory)) {
    SKIP("the running kernel has no Landlock");
  }
  CHECK(ErrnoUnder(Rules(directory), [] { return open("/etc/passwd", O_RDONLY | O_CLOEXEC); }) ==
        EACCES);
  CHECK(ErrnoUnder(Rules(directory), [] {
          return open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC);
        }) == EACCES);
  rmdir(directory.c_str());
}

TEST_CASE("sandbox: system calls of other groups are refused", "[kernel]") {
  const std::string directory = Directory();
  CHECK(ErrnoUnder(Rules(directory),
                   [] { return socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0); }) == EPERM);
  CHECK(ErrnoUnder(Rules(directory), [] { return socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, 1); }) ==
        EPERM);
  CHECK(ErrnoUnder(Rules(directory), [] { return execl("/bin/true", "true", nullptr); }) == EPERM);
  SandboxRules raw = Rules(directory);
  raw.groups = {SyscallGroup::kRawSockets};
  CHECK(ErrnoUnder(raw, [] { return socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0); }) ==
        kAllowed);
  CHECK(ErrnoUnder(raw, [] { return open("/", O_RDONLY | O_CLOEXEC); }) == EPERM);
  rmdir(directory.c_str());
}

TEST_CASE("sandbox: a missing path is an error with its name", "[kernel]") {
  // In this process: the first missing path stops before anything but no_new_privs was taken.
  const absl::Status status =
      Sandbox({.readable = {"/nowhere/at/all"}, .writable = {}, .groups = {}});
  if (absl::IsUnimplemented(status)) {
    SKIP("the running kernel has no Landlock");
  }
  CHECK_THAT(status, base::StatusIs(absl::StatusCode::kNotFound,
                                    "sandbox: open /nowhere/at/all: No such file or directory"));
}

}  // namespace ichor::sys
