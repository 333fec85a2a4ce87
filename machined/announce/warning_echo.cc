#include "machined/announce/warning_echo.h"

#include "lib/base/log.h"

namespace ichor {

void WarningEcho::Append(std::string_view id, std::string_view bytes) {
  constexpr size_t kLongest = 512;  // bytes of a line
  std::string& line = unfinished_[std::string(id)];
  for (const char c : bytes) {
    if (c != '\n') {
      line.append(line.size() < kLongest ? 1 : 0, c);
      continue;
    }
    if (line.starts_with("warning: ") || line.starts_with("error: ")) {
      base::Log(base::Severity::kWarning, "{}: {}", id, line);
    }
    line.clear();
  }
}

}  // namespace ichor
