#include "machined/log/kmsg.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <format>
#include <optional>

#include "lib/base/status.h"
#include "lib/resource/time_proto.h"
#include "lib/resource/time_text.h"

namespace ichor::log {
namespace {

// syslog(3), by number.
constexpr std::array<std::string_view, 24> kFacilities = {
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};
constexpr std::array<std::string_view, 8> kSeverities = {"emerg",   "alert",  "crit", "err",
                                                         "warning", "notice", "info", "debug"};

// A hundred years: what is beyond is no time since a boot. WallTime has room for this much after
// today, 1970 + 292 years.
constexpr std::uint64_t kMaxMicroseconds = 3'155'760'000ull * 1'000'000;

std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

// Takes the text before the next `separator` off `rest`, and the separator.
std::string_view TakeField(std::string_view& rest, char separator) {
  const std::string_view field = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(rest.size(), field.size() + 1));
  return field;
}

}  // namespace

absl::StatusOr<KmsgRecord> ParseKmsg(std::string_view record) {
  const size_t semicolon = record.find(';');
  if (semicolon == std::string_view::npos) {
    return absl::InvalidArgumentError("kernel log: a record without ';'");
  }
  std::string_view header = record.substr(0, semicolon);
  std::string_view text = record.substr(semicolon + 1);
  const std::optional<std::uint64_t> priority = Number(TakeField(header, ','));
  const std::optional<std::uint64_t> sequence = Number(TakeField(header, ','));
  const std::optional<std::uint64_t> microseconds = Number(TakeField(header, ','));
  if (!priority.has_value() || !microseconds.has_value() || *microseconds > kMaxMicroseconds) {
    return absl::InvalidArgumentError("kernel log: a record with a strange header");
  }
  const std::uint64_t facility = *priority / 8;
  return KmsgRecord{
      .facility = facility < kFacilities.size() ? std::string(kFacilities[facility])
                                                : std::format("facility{}", facility),
      .severity = kSeverities[*priority % 8],
      .sequence = sequence.value_or(0),
      .since_boot = std::chrono::microseconds(static_cast<std::int64_t>(*microseconds)),
      .text = TakeField(text, '\n')};
}

absl::StatusOr<std::string> FormatKmsg(std::string_view record, base::WallTime boot) {
  ASSIGN_OR_RETURN(const KmsgRecord parsed, ParseKmsg(record));
  return std::format("{}: {:>7}: [{}]: {}\n", parsed.facility, parsed.severity,
                     ToText(ToProto(boot + parsed.since_boot)), parsed.text);
}

}  // namespace ichor::log
