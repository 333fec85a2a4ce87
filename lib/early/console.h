// Where a program speaks before there are logs: the kernel's log, which the console shows.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "lib/early/fd.h"
#include "lib/early/text.h"

namespace ichor::early {

// How urgent a line is, as in syslog(3). Up to kError shows on the console even with "quiet".
enum class Level : std::uint8_t { kCritical = 2, kError = 3, kWarning = 4, kNotice = 5, kInfo = 6 };

// The text of an errno, such as "No such file or directory"; without locales or allocation.
std::string_view ErrorText(int error);

class Console {
 public:
  // Lines are "<prefix>: <text>". `prefix` must outlive the console.
  explicit Console(std::string_view prefix) : prefix_(prefix) {}

  // Opens /dev/kmsg, or /dev/console if that fails. Needs /dev; what is said before goes to
  // descriptor 2.
  void Open();
  // Speaks to `fd` from now on, in the kernel log's form if `kernel_log`.
  void Use(Fd fd, bool kernel_log);

  // Says one line, cut to 900 bytes. Control characters become '?'. Does not block for long: the
  // kernel log never does.
  void Say(Level level, std::initializer_list<std::string_view> parts) const;
  // The same under another name than the console's own, for lines of children.
  void SayFor(std::string_view who, Level level, std::string_view line) const;

  void Error(std::initializer_list<std::string_view> parts) const { Say(Level::kError, parts); }
  void Warning(std::initializer_list<std::string_view> parts) const { Say(Level::kWarning, parts); }
  void Info(std::initializer_list<std::string_view> parts) const { Say(Level::kInfo, parts); }

 private:
  std::string_view prefix_;
  Fd fd_;
  bool kernel_log_ = false;
};

}  // namespace ichor::early
