#include "lib/sys/sysfs.h"

#include <charconv>

namespace ichor::sys {

namespace {
constexpr size_t kAttributeLimitBytes = 65'536;
}  // namespace

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlank(" \t\r\n\0", 5);
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string ReadAttribute(Sysfs& sysfs, const std::string& path) {
  const absl::StatusOr<std::string> text = sysfs.Read(path, kAttributeLimitBytes);
  return text.ok() ? std::string(Trimmed(*text)) : std::string();
}

std::optional<std::uint64_t> ReadNumber(Sysfs& sysfs, const std::string& path) {
  const std::string text = ReadAttribute(sysfs, path);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

}  // namespace ichor::sys
