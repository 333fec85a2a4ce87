#include "lib/sys/terminal.h"

#include <linux/vt.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

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

absl::Status MakeScreen(int fd) {
  termios settings{};
  if (tcgetattr(fd, &settings) != 0) {
    return absl::InvalidArgumentError("not a terminal");
  }
  settings.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG);
  settings.c_iflag &= ~static_cast<tcflag_t>(IXON);
  return tcsetattr(fd, TCSANOW, &settings) == 0 ? absl::OkStatus() : ErrnoError(errno, "tcsetattr");
}

struct TerminalScreen::Before {
  termios settings;
};

absl::StatusOr<std::unique_ptr<TerminalScreen>> TerminalScreen::Create(int fd) {
  auto before = std::make_unique<Before>();
  if (tcgetattr(fd, &before->settings) != 0) {
    return absl::InvalidArgumentError("not a terminal");
  }
  if (absl::Status made = MakeScreen(fd); !made.ok()) {
    return made;
  }
  return std::unique_ptr<TerminalScreen>(new TerminalScreen(fd, std::move(before)));
}

TerminalScreen::TerminalScreen(int fd, std::unique_ptr<Before> before)
    : fd_(fd), before_(std::move(before)) {}

TerminalScreen::~TerminalScreen() {
  tcsetattr(fd_, TCSANOW, &before_->settings);
}

std::string ReadTerminal(int fd) {
  std::array<char, 256> bytes{};
  const ssize_t count = read(fd, bytes.data(), bytes.size());
  return {bytes.data(), count > 0 ? static_cast<size_t>(count) : 0};
}

absl::Status WriteTerminal(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<size_t>(count));
    } else if (errno != EINTR) {
      return ErrnoError(errno, "write to the terminal");
    }
  }
  return absl::OkStatus();
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
