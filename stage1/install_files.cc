#include "stage1/install_files.h"

#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "lib/early/file.h"

namespace ichor::stage1 {
namespace {

constexpr const char* kPlace = "/system/run/install";
constexpr unsigned long kReadOnly = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;

bool Failed(std::string_view what, const early::Console& console) {
  console.Error({what, ": ", early::ErrorText(errno)});
  return false;
}

// Both are on the initramfs: no byte is copied.
bool Gather(const early::Console& console) {
  if (::link("/root.slot", "/install/root.slot") != 0) return Failed("keep the slot", console);
  // Only where processors have some.
  if (::rename("/kernel/x86/microcode", "/install/microcode") != 0 && errno != ENOENT)
    return Failed("keep the microcode", console);
  return true;
}

}  // namespace

void KeepInstallFiles(const early::Console& console) {
  if (::access("/install", F_OK) != 0 || !Gather(console)) return;
  const int made = early::MakeDirectories(kPlace, 0755);
  if (made != 0) return console.Error({kPlace, ": ", early::ErrorText(made)});
  if (::mount("/install", kPlace, nullptr, MS_BIND, nullptr) != 0 ||
      ::mount(nullptr, kPlace, nullptr, MS_BIND | MS_REMOUNT | kReadOnly, nullptr) != 0)
    Failed(kPlace, console);
}

}  // namespace ichor::stage1
