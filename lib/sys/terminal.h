// The virtual console that a screen is drawn on. See ioctl_console(2), tty_ioctl(4).
#pragma once

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

// Shows the virtual console that `fd` is, if it is one: else InvalidArgument.
absl::Status ShowTerminal(int fd);

}  // namespace ichor::sys
