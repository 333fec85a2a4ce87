#include "lib/resource/time_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace ichor {
namespace {

using Nanoseconds = __int128;  // 10,000 years do not fit in 64 bits

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kMaxSeconds = 315'576'000'000;   // of google.protobuf.Duration
constexpr std::int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z

// `value` / `unit` with as many decimals as are needed: 1500 of 1000 is "1.5".
std::string Decimal(std::int64_t value, std::int64_t unit) {
  std::string text = absl::StrCat(value / unit);
  std::int64_t rest = value % unit;
  if (rest == 0) return text;
  text += '.';
  while (rest != 0) {
    unit /= 10;
    text += static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  return text;
}

std::string MagnitudeToText(Nanoseconds total) {
  if (total == 0) return "0s";
  if (total < 1'000) return absl::StrCat(static_cast<std::int64_t>(total), "ns");
  if (total < 1'000'000) return Decimal(static_cast<std::int64_t>(total), 1'000) + "µs";
  if (total < kSecond) return Decimal(static_cast<std::int64_t>(total), 1'000'000) + "ms";
  const auto hours = static_cast<std::int64_t>(total / kHour);
  const auto rest = static_cast<std::int64_t>(total % kHour);
  const std::string seconds = Decimal(rest % kMinute, kSecond) + "s";
  if (hours > 0) return absl::StrCat(hours, "h", rest / kMinute, "m", seconds);
  return rest >= kMinute ? absl::StrCat(rest / kMinute, "m", seconds) : seconds;
}

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Longer names before their beginnings.
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1'000},
                                         {"µs", 1'000},
                                         {"μs", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", kSecond},
                                         {"m", kMinute},
                                         {"h", kHour}}};

bool StartsWithDigit(std::string_view text) {
  return !text.empty() && absl::ascii_isdigit(static_cast<unsigned char>(text[0]));
}

// Takes digits off `text`; at most 15 count, more make `ok` false unless they are decimals.
struct Digits {
  std::int64_t value = 0;
  std::int64_t scale = 1;
  int count = 0;
};

Digits TakeDigits(std::string_view& text) {
  constexpr int kMaxDigits = 15;
  Digits digits;
  for (; StartsWithDigit(text); text.remove_prefix(1)) {
    if (digits.count++ >= kMaxDigits) continue;
    digits.value = digits.value * 10 + (text[0] - '0');
    digits.scale *= 10;
  }
  return digits;
}

// Takes one "1.5h" off `text`.
std::optional<Nanoseconds> TakePart(std::string_view& text) {
  const Digits whole = TakeDigits(text);
  Digits decimals;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    decimals = TakeDigits(text);
  }
  if (whole.count + decimals.count == 0 || whole.count > 15) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    const Nanoseconds fraction = Nanoseconds{decimals.value} * unit.nanoseconds / decimals.scale;
    return Nanoseconds{whole.value} * unit.nanoseconds + fraction;
  }
  return std::nullopt;
}

}  // namespace

std::string ToText(const google::protobuf::Duration& duration) {
  const Nanoseconds total = Nanoseconds{duration.seconds()} * kSecond + duration.nanos();
  return total < 0 ? "-" + MagnitudeToText(-total) : MagnitudeToText(total);
}

std::optional<google::protobuf::Duration> ParseDuration(std::string_view text) {
  google::protobuf::Duration duration;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return duration;
  if (text.empty()) return std::nullopt;
  Nanoseconds total = 0;
  while (!text.empty()) {
    const auto part = TakePart(text);
    if (!part) return std::nullopt;
    total += *part;
    if (total > Nanoseconds{kMaxSeconds} * kSecond) return std::nullopt;
  }
  if (negative) total = -total;
  duration.set_seconds(static_cast<std::int64_t>(total / kSecond));
  duration.set_nanos(static_cast<std::int32_t>(total % kSecond));
  return duration;
}

std::string ToText(const google::protobuf::Timestamp& time) {
  const std::int64_t seconds = std::clamp(time.seconds(), kFirstSecond, kLastSecond);
  const std::int32_t nanos = std::clamp<std::int32_t>(time.nanos(), 0, kSecond - 1);
  const absl::CivilSecond civil =
      absl::ToCivilSecond(absl::FromUnixSeconds(seconds), absl::UTCTimeZone());
  std::string text = absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d", civil.year(), civil.month(),
                                     civil.day(), civil.hour(), civil.minute(), civil.second());
  if (nanos != 0) text += Decimal(nanos, kSecond).substr(1);
  return text + "Z";
}

std::optional<google::protobuf::Timestamp> ParseTimestamp(std::string_view text) {
  absl::Time parsed;
  // Abseil's parser is lenient about blanks and "infinite-past"; RFC 3339 is not.
  const bool shape = text.size() >= 20 && StartsWithDigit(text) && text[10] == 'T';
  if (!shape ||
      !absl::ParseTime(absl::RFC3339_full, {text.data(), text.size()}, &parsed, nullptr)) {
    return std::nullopt;
  }
  google::protobuf::Timestamp time;
  time.set_seconds(absl::ToUnixSeconds(parsed));
  if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond) return std::nullopt;
  const absl::Duration rest = parsed - absl::FromUnixSeconds(time.seconds());
  time.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
  return time;
}

bool IsZeroTime(const google::protobuf::Timestamp& time) {
  return time.seconds() == kFirstSecond && time.nanos() == 0;
}

google::protobuf::Timestamp ZeroTime() {
  google::protobuf::Timestamp time;
  time.set_seconds(kFirstSecond);
  return time;
}

}  // namespace ichor
