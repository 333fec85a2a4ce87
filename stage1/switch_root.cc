#include "stage1/switch_root.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "lib/early/fd.h"
#include "lib/early/mount.h"
#include "lib/early/text.h"
#include "stage1/install_files.h"

namespace ichor::stage1 {
namespace {

using early::ErrorText;

// Removes what lies on one file system below a directory, whose descriptor is taken. What stays
// costs memory and nothing else.
void Empty(int directory, dev_t device, int depth) {
  constexpr int kDeepest = 16;
  DIR* entries = ::fdopendir(directory);
  if (entries == nullptr) {
    ::close(directory);
    return;
  }
  while (const dirent* entry = ::readdir(entries)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || (depth == 0 && name == kInstallName)) continue;
    struct stat info = {};
    if (::fstatat(directory, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
        info.st_dev != device)
      continue;
    const bool is_directory = S_ISDIR(info.st_mode);
    if (is_directory && depth < kDeepest) {
      const int below =
          ::openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (below >= 0) Empty(below, device, depth + 1);
    }
    ::unlinkat(directory, entry->d_name, is_directory ? AT_REMOVEDIR : 0);
  }
  ::closedir(entries);
}

bool Failed(const early::Console& console, std::string_view what) {
  console.Error({what, ": ", ErrorText(errno)});
  return false;
}

}  // namespace

bool SwitchRoot(const early::Console& console) {
  for (const char* mount : {"/dev", "/proc", "/sys", "/system"}) {
    if (!early::IsMountPoint(mount)) continue;
    const early::Text<32> target{"/root", mount};
    if (::mount(mount, target.c_str(), nullptr, MS_MOVE, nullptr) != 0)
      return Failed(console, target.view());
  }
  early::Fd old(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat info = {};
  if (!old.ok() || ::fstat(old.get(), &info) != 0) return Failed(console, "open the initramfs");
  if (::chdir("/root") != 0) return Failed(console, "enter the root");
  Empty(old.Release(), info.st_dev, 0);
  if (::mount(".", "/", nullptr, MS_MOVE, nullptr) != 0) return Failed(console, "move the root");
  if (::chroot(".") != 0 || ::chdir("/") != 0) return Failed(console, "change the root");
  return true;
}

}  // namespace ichor::stage1
