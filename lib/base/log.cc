#include "lib/base/log.h"

#include <unistd.h>

#include <algorithm>
#include <string>

namespace ichor::base {
namespace {

std::string_view NameOf(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "debug";
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "unknown";
}

}  // namespace

void LogLine(Severity severity, std::string_view message) {
  std::string line = std::format("{}: {}", NameOf(severity), message);
  std::ranges::replace_if(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  line += '\n';
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace ichor::base
