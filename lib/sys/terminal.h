// The virtual console that a screen is drawn on. See ioctl_console(2), tty_ioctl(4).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

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

// A screen of the terminal until the end of its life: then the terminal is as it was before.
class TerminalScreen {
 public:
  // As MakeScreen.
  static absl::StatusOr<std::unique_ptr<TerminalScreen>> Create(int fd);
  ~TerminalScreen();
  TerminalScreen(const TerminalScreen&) = delete;
  TerminalScreen& operator=(const TerminalScreen&) = delete;

 private:
  struct Before;
  TerminalScreen(int fd, std::unique_ptr<Before> before);

  const int fd_;
  const std::unique_ptr<Before> before_;
};

// What was typed; nothing at its end. Blocks if nothing was.
std::string ReadTerminal(int fd);

// Writes all of it. Blocks while the terminal is busy.
absl::Status WriteTerminal(int fd, std::string_view text);

// Shows the virtual console that `fd` is, if it is one: else InvalidArgument.
absl::Status ShowTerminal(int fd);

}  // namespace ichor::sys
