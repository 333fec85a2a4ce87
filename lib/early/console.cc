#include "lib/early/console.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>

namespace ichor::early {

std::string_view ErrorText(int error) {
  const char* text = ::strerrordesc_np(error);
  return text != nullptr ? text : "Unknown error";
}

void Console::Open() {
  Fd kmsg(::open("/dev/kmsg", O_WRONLY | O_CLOEXEC));
  if (kmsg.ok()) return Use(static_cast<Fd&&>(kmsg), true);
  Fd console(::open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (console.ok()) Use(static_cast<Fd&&>(console), false);
}

void Console::Use(Fd fd, bool kernel_log) {
  fd_ = static_cast<Fd&&>(fd);
  kernel_log_ = kernel_log;
}

void Console::Say(Level level, std::initializer_list<std::string_view> parts) const {
  Text<1000> line;
  for (const std::string_view part : parts)
    line.Append({part});
  SayFor(prefix_, level, line.view());
}

void Console::SayFor(std::string_view who, Level level, std::string_view line) const {
  Text<960> out;
  if (kernel_log_) out.Append({"<", Decimal(static_cast<int>(level)), ">"});
  out.Append({who, ": "});
  for (const char c : Part(line, 0, 900)) {
    const auto code = static_cast<unsigned char>(c);
    out.Push((code < 32 && c != '\t') || code == 127 ? '?' : c);
  }
  out.Push('\n');
  // Nobody is left to tell if this fails.
  [[maybe_unused]] const auto written =
      ::write(fd_.ok() ? fd_.get() : STDERR_FILENO, out.c_str(), out.view().size());
}

}  // namespace ichor::early
