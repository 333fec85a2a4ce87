#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/errno_in_child.h"
#include "lib/sys/volume/linux_mounts.h"

namespace ichor::sys {
namespace {

// What `check` returns in a mount namespace of its own; 0 is success.
int InNamespace(const std::function<int(LinuxMounts&, const std::string&)>& check) {
  std::string directory = "/tmp/mounts-XXXXXX";
  REQUIRE(mkdtemp(directory.data()) != nullptr);
  const auto answer = ErrnoInChild(
      [] {
        return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
               mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
      },
      [&check, &directory] {
        LinuxMounts mounts;
        errno = check(mounts, directory);
        return errno == 0 ? 0 : -1;
      });
  std::filesystem::remove_all(directory);
  REQUIRE(answer.has_value());
  return *answer;
}

// 0, or the number of the step that went wrong.
int MountAndUnmount(LinuxMounts& mounts, const std::string& directory) {
  if (*mounts.IsMounted(directory)) return 1;
  if (!mounts.Mount({.device = "/dev/null", .type = "tmpfs", .target = directory}).ok()) return 2;
  if (!*mounts.IsMounted(directory)) return 3;
  if (!mounts.Unmount(directory).ok() || *mounts.IsMounted(directory)) return 4;
  return mounts.Unmount(directory).ok() ? 0 : 5;
}

}  // namespace

TEST_CASE("mounts: what is mounted is seen, and is gone after unmounting", "[kernel]") {
  CHECK(InNamespace(MountAndUnmount) == 0);
}

TEST_CASE("mounts: an error names the device, the place and the reason", "[kernel]") {
  LinuxMounts mounts;
  const absl::Status missing =
      mounts.Mount({.device = "/dev/nowhere", .type = "xfs", .target = "/tmp"});
  CHECK(missing == absl::NotFoundError("stat /dev/nowhere: No such file or directory"));
  CHECK(absl::IsNotFound(mounts.IsMounted("/nowhere").status()));
}

}  // namespace ichor::sys
