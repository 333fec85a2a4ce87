#include "lib/config/scalar_form.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "lib/config/size_text.h"
#include "lib/config/yaml.h"
#include "lib/resource/address_text.h"
#include "lib/resource/cel/cel.h"

namespace ichor::config {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 3> kTables = {
    {{"local", 255}, {"main", 254}, {"default", 253}}};

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool IsHexDigit(char c) {
  return absl::ascii_isxdigit(static_cast<unsigned char>(c));
}

// Pairs of hexadecimal digits with one separator between them, or none.
bool IsHex(std::string_view text) {
  const char separator = text.size() > 2 && !IsHexDigit(text[2]) ? text[2] : '\0';
  if (separator != '\0' && separator != ':' && separator != '-') return false;
  const size_t step = separator == '\0' ? 2 : 3;
  for (size_t i = 0; i < text.size(); i += step) {
    if (i + 1 >= text.size() || !IsHexDigit(text[i]) || !IsHexDigit(text[i + 1])) return false;
    const bool more = i + 2 < text.size();
    if (separator != '\0' && more && text[i + 2] != separator) return false;
  }
  return separator == '\0' || text.back() != separator;
}

// What any reader of URLs refuses.
bool IsUrl(std::string_view text) {
  if (text.starts_with(':')) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7F) return false;
    const bool escape = i + 2 < text.size() && IsHexDigit(text[i + 1]) && IsHexDigit(text[i + 2]);
    if (c == '%' && !escape) return false;
  }
  const size_t authority = text.find("://");
  if (authority == std::string_view::npos) return true;
  const std::string_view host = text.substr(authority + 3, text.find('/', authority + 3));
  return host.find(' ') == std::string_view::npos;
}

bool IsPort(std::string_view text) {
  std::uint32_t port = 0;
  return !text.empty() && std::ranges::all_of(text, IsDigit) &&
         absl::SimpleAtoi(ToAbsl(text), &port) && port <= 0xFFFF;
}

bool IsPortRange(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return IsPort(text);
  return IsPort(text.substr(0, dash)) && IsPort(text.substr(dash + 1));
}

bool IsSize(std::string_view text) {
  return ParseSize(text).has_value();
}

}  // namespace

bool IsWellFormed(const ConfigField& option, std::string_view text) {
  switch (option.form()) {
    case ConfigField::WORD:
      return std::ranges::contains(option.words(), text);
    case ConfigField::PREFIX:
      return text.empty() || ParseNetIPPrefix(text).has_value();
    case ConfigField::ADDRESS:
      return text.empty() || ParseNetIP(text).has_value();
    case ConfigField::ENDPOINT:
      return text.empty() || ParseNetIPPort(text).has_value();
    case ConfigField::URL:
      return IsUrl(text);
    case ConfigField::HEX:
      return IsHex(text);
    case ConfigField::EXPRESSION:
      return text.empty() || CelFromText(text).ok();
    case ConfigField::SIZE_MATCH:
      return ParseSizeMatch(text).has_value();
    case ConfigField::SIZE:
      return IsSize(text);
    case ConfigField::SIZE_OR_PERCENT:
      return IsSize(text) || ParsePercent(text.substr(text.starts_with('-') ? 1 : 0)).has_value();
    case ConfigField::PORT_RANGE:
      return IsPortRange(text);
    default:
      return true;
  }
}

std::optional<std::uint32_t> ParseRoutingTable(std::string_view text) {
  const auto found = std::ranges::find(kTables, text, &decltype(kTables)::value_type::first);
  if (found != kTables.end()) return found->second;
  std::uint32_t table = 0;
  if (!absl::SimpleAtoi(ToAbsl(text), &table) || table > 255) return std::nullopt;
  return table;
}

std::string RoutingTableText(std::uint32_t table) {
  const auto found = std::ranges::find(kTables, table, &decltype(kTables)::value_type::second);
  return found == kTables.end() ? Cat(table) : std::string(found->first);
}

}  // namespace ichor::config
