// How numbers and times of nodes look. The forms are those that scripts know.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "google/protobuf/timestamp.pb.h"
#include "lib/base/clock.h"

namespace ichor::ctl {

// "82 B", "1.5 kB", "12 MB": powers of 1,000.
std::string Humanized(std::uint64_t bytes);
// "82 B", "1.5 KiB", "12 MiB": powers of 1,024.
std::string HumanizedBinary(std::uint64_t bytes);

// A length of time in whole seconds: "1h2m3s", "45s".
std::string Rounded(std::chrono::nanoseconds time);

// "2026-11-22 02:04:42.5 +0000 UTC"
std::string LongTime(base::WallTime time);
// "Nov 22 2026 02:04:42"
std::string ShortTime(base::WallTime time);
// "2026-11-22T02:04:42Z"
std::string Rfc3339(base::WallTime time);
base::WallTime ToWallTime(const google::protobuf::Timestamp& time);

// "5 minutes ago", "2 weeks from now", "now".
std::string Relative(base::WallTime time, base::WallTime now);

// The mode bits of Go's FileMode, as they are on the wire: "drwxr-xr-x", "Lrwxrwxrwx".
std::string ModeText(std::uint32_t mode);

// `bytes` with what would control a terminal shown as "\x1b": foreign text in a table.
std::string Visible(std::string_view bytes);

}  // namespace ichor::ctl
