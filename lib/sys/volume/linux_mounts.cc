#include "lib/sys/volume/linux_mounts.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <format>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

// Whether the root of a mount of `device` is what `target` leads to.
absl::StatusOr<bool> IsMountedFrom(const std::string& device, const std::string& target) {
  struct stat source{};
  struct stat there{};
  if (stat(device.c_str(), &source) != 0) {
    return ErrnoError(errno, "stat " + device);
  }
  if (stat(target.c_str(), &there) != 0) {
    return ErrnoError(errno, "stat " + target);
  }
  return S_ISBLK(source.st_mode) && there.st_dev == source.st_rdev;
}

// What the kernel says about the mount that `context` was to become: "e …" and "i …" lines.
std::string Explanation(int context) {
  std::string text(256, '\0');
  const ssize_t count = read(context, text.data(), text.size());
  text.resize(count < 0 ? 0 : static_cast<size_t>(count));
  return text.empty() ? text : std::format(" ({})", text.substr(0, text.find('\n')));
}

}  // namespace

absl::Status LinuxMounts::Mount(const MountPlan& plan) {
  ASSIGN_OR_RETURN(const bool mounted, IsMountedFrom(plan.device, plan.target));
  if (mounted) {
    return absl::OkStatus();
  }
  const std::string what = std::format("mount {} at {}", plan.device, plan.target);
  const base::UniqueFd context(fsopen(plan.type.c_str(), FSOPEN_CLOEXEC));
  if (!context.ok()) {
    return ErrnoError(errno, what);
  }
  if (fsconfig(context.get(), FSCONFIG_SET_STRING, "source", plan.device.c_str(), 0) != 0 ||
      (plan.project_quota &&
       fsconfig(context.get(), FSCONFIG_SET_FLAG, "prjquota", nullptr, 0) != 0) ||
      fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    const int error = errno;
    return ErrnoError(error, what + Explanation(context.get()));
  }
  const unsigned attributes = (plan.secure ? MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV : 0) |
                              (plan.programs ? 0 : MOUNT_ATTR_NOEXEC) |
                              (plan.access_times ? 0 : MOUNT_ATTR_NOATIME);
  const base::UniqueFd mount(fsmount(context.get(), FSMOUNT_CLOEXEC, attributes));
  if (!mount.ok() ||
      move_mount(mount.get(), "", AT_FDCWD, plan.target.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    return ErrnoError(errno, what);
  }
  return absl::OkStatus();
}

absl::Status LinuxMounts::Unmount(const std::string& target) {
  ASSIGN_OR_RETURN(const bool mounted, IsMounted(target));
  if (mounted && umount2(target.c_str(), UMOUNT_NOFOLLOW) != 0) {
    return ErrnoError(errno, "unmount " + target);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> LinuxMounts::IsMounted(const std::string& target) {
  struct statx info{};
  if (statx(AT_FDCWD, target.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE, &info) != 0) {
    return ErrnoError(errno, "stat " + target);
  }
  return (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

}  // namespace ichor::sys
