// The records of the kernel's log, and how they are shown.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"

namespace ichor::log {

// A record of /dev/kmsg. The texts are parts of the record, or live for ever.
struct KmsgRecord {
  std::string facility;       // "kern"
  std::string_view severity;  // "warning"
  std::uint64_t sequence = 0;
  std::chrono::microseconds since_boot{};
  std::string_view text;  // without the tags that may follow it
};

// InvalidArgument says what is wrong with a record. See Documentation/ABI/testing/dev-kmsg.
absl::StatusOr<KmsgRecord> ParseKmsg(std::string_view record);

// A record of /dev/kmsg as the line that clients of Dmesg print:
//   "kern:    info: [2026-01-01T00:00:01.5Z]: text\n"
// Facility, severity padded to 7, time, text; the tags that may follow the text are left out.
// `boot` is the wall-clock time at which the kernel's own clock began: records carry microseconds
// since then. Errors as ParseKmsg.
absl::StatusOr<std::string> FormatKmsg(std::string_view record, base::WallTime boot);

}  // namespace ichor::log
