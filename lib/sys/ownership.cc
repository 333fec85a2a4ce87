#include "lib/sys/ownership.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

bool IsRight(const std::string& path, const Ownership& ownership) {
  constexpr mode_t kPermissions = 07777;
  struct stat found{};
  return stat(path.c_str(), &found) == 0 && found.st_uid == ownership.uid &&
         found.st_gid == ownership.gid && (found.st_mode & kPermissions) == ownership.mode;
}

}  // namespace

absl::Status MakeDirectory(const std::string& path, const Ownership& ownership) {
  if (mkdir(path.c_str(), ownership.mode) != 0 && errno != EEXIST) {
    return ErrnoError(errno, "mkdir " + path);
  }
  return SetOwnership(path, ownership);
}

absl::Status SetOwnership(const std::string& path, const Ownership& ownership) {
  if (IsRight(path, ownership)) {
    return absl::OkStatus();
  }
  if (chown(path.c_str(), ownership.uid, ownership.gid) != 0) {
    return ErrnoError(errno, "chown " + path);
  }
  // After chown(2), which takes set-id bits away.
  return chmod(path.c_str(), ownership.mode) == 0 ? absl::OkStatus()
                                                  : ErrnoError(errno, "chmod " + path);
}

}  // namespace ichor::sys
