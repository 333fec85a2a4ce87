#include "machined/block/boot_facts.h"

#include <charconv>
#include <format>
#include <system_error>

namespace ichor {
namespace {

std::optional<std::int64_t> ParseNumber(std::string_view text) {
  std::uint32_t number = 0;  // no sign
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

// The next line of `text`, which loses it.
std::string_view TakeLine(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
  return line;
}

}  // namespace

std::optional<DeviceNumber> ParseDeviceNumber(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  const std::optional<std::int64_t> major = ParseNumber(text.substr(0, colon));
  const std::optional<std::int64_t> minor = ParseNumber(text.substr(colon + 1));
  if (!major.has_value() || !minor.has_value()) {
    return std::nullopt;
  }
  return DeviceNumber{.major = *major, .minor = *minor};
}

BootFacts ParseBootFacts(std::string_view system_disk, std::string_view copies) {
  BootFacts facts;
  if (!system_disk.empty()) {
    const std::string_view line = TakeLine(system_disk);
    facts.system_disk = ParseDeviceNumber(line);
    if (!facts.system_disk.has_value()) {
      facts.errors.push_back(std::format("system-disk: \"{}\" is no MAJOR:MINOR", line));
    }
  }
  while (!copies.empty()) {
    const std::string_view line = TakeLine(copies);
    if (const std::optional<DeviceNumber> copy = ParseDeviceNumber(line); copy.has_value()) {
      facts.copies.push_back(*copy);
    } else {
      facts.errors.push_back(std::format("copies: \"{}\" is no MAJOR:MINOR", line));
    }
  }
  return facts;
}

}  // namespace ichor
