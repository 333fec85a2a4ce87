// The virtual console that a screen is drawn on. See ioctl_console(2), tty_ioctl(4).
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace ichor::sys {

struct TerminalSize {
  int columns = 80;
  int rows = 24;
};

// Whether `fd` is a terminal.
bool IsTerminal(int fd);

// The size of the terminal `fd`; 80 by 24 if it does not know.
TerminalSize SizeOfTerminal(int fd);

// Makes a screen of the terminal: keys are not echoed, interrupt nothing and do not stop its
// output. InvalidArgument if it is no terminal. See termios(3).
absl::Status MakeScreen(int fd);

// Writes all of it. Blocks while the terminal is busy.
absl::Status WriteTerminal(int fd, std::string_view text);

// Shows the virtual console that `fd` is, if it is one: else InvalidArgument.
absl::Status ShowTerminal(int fd);

}  // namespace ichor::sys
