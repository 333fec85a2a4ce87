#include "lib/sys/terminal.h"

#include <linux/vt.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr unsigned kTtyMajor = 4;  // Documentation/admin-guide/devices.txt
constexpr unsigned kLastConsole = 63;

}  // namespace

bool IsTerminal(int fd) {
  return isatty(fd) == 1;
}

TerminalSize SizeOfTerminal(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {.columns = size.ws_col, .rows = size.ws_row};
}

absl::Status ShowTerminal(int fd) {
  struct stat info{};
  if (fstat(fd, &info) != 0) {
    return ErrnoError(errno, "stat the terminal");
  }
  const unsigned number = minor(info.st_rdev);
  if (!S_ISCHR(info.st_mode) || major(info.st_rdev) != kTtyMajor || number == 0 ||
      number > kLastConsole) {
    return absl::InvalidArgumentError("not a virtual console");
  }
  return ioctl(fd, VT_ACTIVATE, number) == 0 ? absl::OkStatus() : ErrnoError(errno, "VT_ACTIVATE");
}

}  // namespace ichor::sys
