#include "ichorctl/look/format.h"

#include <array>
#include <chrono>
#include <cmath>
#include <format>
#include <span>
#include <utility>

namespace ichor::ctl {
namespace {

using std::chrono::seconds;

std::string InUnits(std::uint64_t bytes, double base, std::span<const std::string_view> units) {
  if (bytes < 10) {
    return std::format("{} B", bytes);
  }
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= base && unit + 1 < units.size()) {
    value /= base;
    ++unit;
  }
  value = std::floor(value * 10 + 0.5) / 10;
  return value < 10 ? std::format("{:.1f} {}", value, units[unit])
                    : std::format("{:.0f} {}", value, units[unit]);
}

std::string Count(std::int64_t count, std::string_view unit) {
  return std::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

}  // namespace

std::string Humanized(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 7> kUnits = {"B",  "kB", "MB", "GB",
                                                             "TB", "PB", "EB"};
  return InUnits(bytes, 1000, kUnits);
}

std::string HumanizedBinary(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 7> kUnits = {"B",   "KiB", "MiB", "GiB",
                                                             "TiB", "PiB", "EiB"};
  return InUnits(bytes, 1024, kUnits);
}

std::string Rounded(std::chrono::nanoseconds time) {
  const auto total = std::chrono::round<seconds>(time).count();
  const auto left = std::abs(total);
  std::string text = total < 0 ? "-" : "";
  if (left >= 3600) {
    text += std::format("{}h", left / 3600);
  }
  if (left >= 60) {
    text += std::format("{}m", left % 3600 / 60);
  }
  return text + std::format("{}s", left % 60);
}

std::string LongTime(base::WallTime time) {
  const auto whole = std::chrono::floor<seconds>(time);
  std::string fraction = std::format(".{:09}", (time - whole).count());
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return std::format("{:%F %T}{} +0000 UTC", whole, fraction == "." ? "" : fraction);
}

std::string ShortTime(base::WallTime time) {
  return std::format("{:%b %e %Y %T}", std::chrono::floor<seconds>(time));
}

std::string Rfc3339(base::WallTime time) {
  return std::format("{:%FT%TZ}", std::chrono::floor<seconds>(time));
}

base::WallTime ToWallTime(const google::protobuf::Timestamp& time) {
  return base::WallTime(seconds(time.seconds())) + std::chrono::nanoseconds(time.nanos());
}

std::string Relative(base::WallTime time, base::WallTime now) {
  static constexpr std::array<std::pair<std::int64_t, std::string_view>, 7> kUnits = {
      {{365 * 86400, "year"},
       {30 * 86400, "month"},
       {7 * 86400, "week"},
       {86400, "day"},
       {3600, "hour"},
       {60, "minute"},
       {1, "second"}}};
  const auto ago = std::chrono::floor<seconds>(now - time).count();
  for (const auto& [length, name] : kUnits) {
    if (std::abs(ago) >= length) {
      return Count(std::abs(ago) / length, name) + (ago > 0 ? " ago" : " from now");
    }
  }
  return "now";
}

std::string ModeText(std::uint32_t mode) {
  static constexpr std::string_view kTypes = "dalTLDpSugct?";  // from bit 31 down
  static constexpr std::string_view kRights = "rwxrwxrwx";     // from bit 8 down
  std::string text;
  for (size_t i = 0; i < kTypes.size(); ++i) {
    if ((mode >> (31 - i) & 1U) != 0) {
      text += kTypes[i];
    }
  }
  if (text.empty()) {
    text = "-";
  }
  for (size_t i = 0; i < kRights.size(); ++i) {
    text += (mode >> (8 - i) & 1U) != 0 ? kRights[i] : '-';
  }
  return text;
}

std::string Visible(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      text += std::format("\\x{:02x}", byte);
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace ichor::ctl
