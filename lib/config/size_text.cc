#include "lib/config/size_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

using Unit = std::pair<std::string_view, double>;

constexpr double kKilo = 1e3;
constexpr double kKibi = 1024;

// The factor of a unit in lower case; 0 if there is none of the name.
double FactorOf(std::string_view unit) {
  if (unit.empty() || unit == "b") return 1;
  constexpr std::string_view kPrefixes = "kmgtpe";
  const size_t power = kPrefixes.find(unit[0]);
  if (power == std::string_view::npos) return 0;
  const std::string_view rest = unit.substr(1);
  const auto exponent = static_cast<double>(power + 1);
  if (rest.empty() || rest == "b") return std::pow(kKilo, exponent);
  if (rest == "i" || rest == "ib") return std::pow(kKibi, exponent);
  return 0;
}

bool IsNumberPart(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '.' || c == ',';
}

}  // namespace

std::optional<std::int64_t> ParseSize(std::string_view text) {
  constexpr double kLimit = 9.2233720368547748e18;  // the largest double below 2^63
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto number_end = std::ranges::find_if_not(text, IsNumberPart);
  std::string digits(text.begin(), number_end);
  std::erase(digits, ',');
  double number = 0;
  if (digits.empty() || !absl::SimpleAtod(digits, &number)) return std::nullopt;
  std::string unit(number_end, text.end());
  absl::AsciiStrToLower(&unit);
  const absl::string_view trimmed = absl::StripAsciiWhitespace(unit);
  const double factor = FactorOf({trimmed.data(), trimmed.size()});
  const double bytes = number * factor;
  if (factor == 0 || !(bytes <= kLimit)) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(bytes);
  return negative ? -whole : whole;
}

std::optional<double> ParsePercent(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  double number = 0;
  if (text.empty() || !std::ranges::all_of(text, IsNumberPart)) return std::nullopt;
  if (!absl::SimpleAtod(ToAbsl(text), &number) || number > 100) return std::nullopt;
  return number;
}

std::optional<SizeMatch> ParseSizeMatch(std::string_view text) {
  constexpr std::array<std::string_view, 5> kOperators = {"<=", ">=", "==", "<", ">"};
  SizeMatch match{.op = "=="};
  for (const std::string_view op : kOperators) {
    if (!text.starts_with(op)) continue;
    match.op = op;
    text.remove_prefix(op.size());
    break;
  }
  while (text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  const auto bytes = ParseSize(text);
  if (!bytes || *bytes < 0) return std::nullopt;
  match.bytes = *bytes;
  return match;
}

}  // namespace ichor::config
