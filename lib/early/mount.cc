#include "lib/early/mount.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>

#include "lib/early/file.h"

namespace ichor::early {

bool IsMountPoint(const char* path) {
  struct statx info = {};
  if (::statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &info) != 0)
    return false;
  return (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

int MountAll(std::span<const Mount> mounts, const Console& console) {
  int failed = 0;
  for (const Mount& mount : mounts) {
    if (IsMountPoint(mount.target)) continue;
    int error = MakeDirectories(mount.target, 0755);
    if (error == 0 && ::mount(mount.source, mount.target, mount.type, mount.flags, mount.data) != 0)
      error = errno;
    if (error == 0) continue;
    // sysfs has no such directory, and lets none be made: the kernel has no such file system.
    const bool missing = error == ENODEV || error == ENOENT || error == EROFS || error == EPERM;
    if (mount.optional && missing) continue;
    console.Say(Level::kError,
                {"mount ", mount.type, " at ", mount.target, ": ", ErrorText(error)});
    if (!mount.optional) ++failed;
  }
  return failed;
}

}  // namespace ichor::early
