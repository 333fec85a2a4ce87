#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <functional>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/errno_in_child.h"
#include "lib/sys/file.h"
#include "lib/sys/volume/linux_mounts.h"

namespace ichor::sys {
namespace {

bool Write(const std::string& path, const std::string& text) {
  const base::UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  return fd.ok() && write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// What `check` returns in a mount namespace of its own; 0 is success.
int InNamespace(const std::function<int(LinuxMounts&, const std::string&)>& check) {
  std::string directory = "/tmp/mounts-XXXXXX";
  REQUIRE(mkdtemp(directory.data()) != nullptr);
  const auto answer = ErrnoInChild(
      [] {
        const std::string user = std::format("0 {} 1", geteuid());
        const std::string group = std::format("0 {} 1", getegid());
        return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && Write("/proc/self/uid_map", user) &&
               Write("/proc/self/setgroups", "deny") && Write("/proc/self/gid_map", group) &&
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

int Overlay(LinuxMounts& mounts, const std::string& directory) {
  if (!mounts.Mount({.device = "/dev/null", .type = "tmpfs", .target = directory}).ok()) return 1;
  for (const char* const name : {"/image", "/upper", "/work", "/files", "/shown"}) {
    if (mkdir((directory + name).c_str(), 0755) != 0) return 2;
  }
  if (!Write(directory + "/image/a", "a")) return 3;
  const absl::Status mounted = mounts.MountOverlay({.lower = directory + "/image",
                                                    .upper = directory + "/upper",
                                                    .work = directory + "/work",
                                                    .target = directory + "/files"});
  if (!mounted.ok()) return 4;
  if (!mounts.ShowAt(directory + "/files", directory + "/shown").ok()) return 5;
  if (!Write(directory + "/files/b", "b") || !Write(directory + "/files/a", "A")) return 6;
  if (ReadFile(directory + "/shown/b", 9).value_or("") != "b") return 7;
  if (ReadFile(directory + "/shown/a", 9).value_or("") != "A") return 8;
  if (ReadFile(directory + "/image/a", 9).value_or("") != "a") return 9;
  if (Write(directory + "/shown/c", "c") || errno != EROFS) return 10;
  return *mounts.IsMounted(directory + "/shown") ? 0 : 11;
}

int Memory(LinuxMounts& mounts, const std::string& directory) {
  if (!mounts.MountMemory(directory).ok()) return 1;
  struct stat status{};
  if (stat(directory.c_str(), &status) != 0 || (status.st_mode & 07777) != 0755) return 2;
  if (!Write(directory + "/a", "a")) return 3;
  return *mounts.IsMounted(directory) && mounts.Unmount(directory).ok() ? 0 : 4;
}

}  // namespace

TEST_CASE("mounts: a file system in memory is its owner's to write", "[kernel]") {
  CHECK(InNamespace(Memory) == 0);
}

TEST_CASE("mounts: an overlay keeps what changes apart, and is shown elsewhere to be read",
          "[kernel]") {
  CHECK(InNamespace(Overlay) == 0);
}

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
