#include "lib/sys/volume/linux_mounts.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/volume/mount_table.h"

namespace ichor::sys {
namespace {

constexpr size_t kLargestTable = 16 << 20;  // bytes

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

// Puts a mount that is nowhere yet in its place.
absl::Status Attach(int mount, const std::string& target, const std::string& what) {
  return move_mount(mount, "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0
             ? absl::OkStatus()
             : ErrnoError(errno, what);
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
  return mount.ok() ? Attach(mount.get(), plan.target, what) : ErrnoError(errno, what);
}

absl::Status LinuxMounts::MountOverlay(const OverlayPlan& plan) {
  const std::string what = std::format("mount an overlay at {}", plan.target);
  const base::UniqueFd context(fsopen("overlay", FSOPEN_CLOEXEC));
  if (!context.ok()) {
    return ErrnoError(errno, what);
  }
  const std::pair<const char*, const std::string&> options[] = {{"source", plan.target},
                                                                {"lowerdir", plan.lower},
                                                                {"upperdir", plan.upper},
                                                                {"workdir", plan.work}};
  for (const auto& [key, value] : options) {
    if (fsconfig(context.get(), FSCONFIG_SET_STRING, key, value.c_str(), 0) != 0) {
      const int error = errno;
      return ErrnoError(error, what + Explanation(context.get()));
    }
  }
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    const int error = errno;
    return ErrnoError(error, what + Explanation(context.get()));
  }
  const unsigned attributes =
      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (plan.programs ? 0 : MOUNT_ATTR_NOEXEC);
  const base::UniqueFd mount(fsmount(context.get(), FSMOUNT_CLOEXEC, attributes));
  return mount.ok() ? Attach(mount.get(), plan.target, what) : ErrnoError(errno, what);
}

absl::Status LinuxMounts::MountMemory(const std::string& target) {
  const std::string what = std::format("mount memory at {}", target);
  const base::UniqueFd context(fsopen("tmpfs", FSOPEN_CLOEXEC));
  if (!context.ok() || fsconfig(context.get(), FSCONFIG_SET_STRING, "mode", "0755", 0) != 0 ||
      fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return ErrnoError(errno, what);
  }
  const base::UniqueFd mount(fsmount(context.get(), FSMOUNT_CLOEXEC,
                                     MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  return mount.ok() ? Attach(mount.get(), target, what) : ErrnoError(errno, what);
}

absl::Status LinuxMounts::ShowAt(const std::string& source, const std::string& target) {
  const std::string what = std::format("show {} at {}", source, target);
  const base::UniqueFd tree(
      open_tree(AT_FDCWD, source.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!tree.ok()) {
    return ErrnoError(errno, what);
  }
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  attributes.propagation = MS_PRIVATE;
  if (mount_setattr(tree.get(), "", AT_EMPTY_PATH, &attributes, sizeof(attributes)) != 0) {
    return ErrnoError(errno, what);
  }
  return Attach(tree.get(), target, what);
}

absl::Status LinuxMounts::Unmount(const std::string& target) {
  ASSIGN_OR_RETURN(const bool mounted, IsMounted(target));
  if (mounted && umount2(target.c_str(), UMOUNT_NOFOLLOW) != 0) {
    return ErrnoError(errno, "unmount " + target);
  }
  return absl::OkStatus();
}

absl::Status LinuxMounts::UnmountWith(const std::string& target) {
  ASSIGN_OR_RETURN(const bool mounted, IsMounted(target));
  if (!mounted) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string table, ReadFile("/proc/self/mountinfo", kLargestTable));
  for (const std::string& point : MountsUpon(table, target)) {
    RETURN_IF_ERROR(Unmount(point));
  }
  return Unmount(target);
}

absl::StatusOr<bool> LinuxMounts::IsMounted(const std::string& target) {
  struct statx info{};
  if (statx(AT_FDCWD, target.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE, &info) != 0) {
    return ErrnoError(errno, "stat " + target);
  }
  return (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

}  // namespace ichor::sys
