// The text of durations and times, as Go writes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace ichor {

// Like time.Duration.String: "1h0m0s", "1.5s", "250ms", "0s".
std::string ToText(const google::protobuf::Duration& duration);

// Like time.ParseDuration: numbers with a unit (h m s ms us µs ns), perhaps with a fraction, the
// whole perhaps with a sign; or "0". Nothing for other text, or beyond 10,000 years.
std::optional<google::protobuf::Duration> ParseDuration(std::string_view text);

// RFC 3339 in UTC, with as many decimals as are needed: "2026-08-01T12:00:00.5Z".
std::string ToText(const google::protobuf::Timestamp& time);

// RFC 3339 with any offset. Nothing for other text.
std::optional<google::protobuf::Timestamp> ParseTimestamp(std::string_view text);

// Whether this is the zero value of Go's time.Time: 0001-01-01T00:00:00Z, also what an unset time
// reads.
bool IsZeroTime(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp ZeroTime();

}  // namespace ichor
