// Log lines: one write(2) per line to standard error, which init (or a test) reads from a pipe.
#pragma once

#include <cstdint>
#include <format>
#include <string_view>
#include <utility>

namespace ichor::base {

enum class Severity : std::uint8_t { kDebug, kInfo, kWarning, kError };

// Writes "<severity>: <message>\n"; line feeds and other control characters in `message` become
// spaces, so that one call is one line. Thread-safe; a failed or short write is ignored, since
// there is nobody to tell.
void LogLine(Severity severity, std::string_view message);

// LogLine of a formatted message: Log(Severity::kInfo, "eth0: carrier {}", state).
template <class... Args>
void Log(Severity severity, std::format_string<Args...> format, Args&&... args) {
  LogLine(severity, std::format(format, std::forward<Args>(args)...));
}

}  // namespace ichor::base
