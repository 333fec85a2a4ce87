#include "lib/yaml/number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace ichor::yml {
namespace {

std::string WithoutUnderscores(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '_');
  return digits;
}

// Removes a leading sign; whether it was a minus.
bool TakeSign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

// Removes a prefix that names a base; the base.
int TakeBase(std::string_view& text) {
  if (text.size() < 2 || text[0] != '0') return 10;
  const char letter = absl::ascii_tolower(static_cast<unsigned char>(text[1]));
  const int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
  text.remove_prefix(base == 0 ? 1 : 2);
  return base == 0 ? 8 : base;
}

size_t TakeDigits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[count]))) {
    ++count;
  }
  text.remove_prefix(count);
  return count;
}

std::optional<double> ParseSpecial(std::string_view text) {
  const bool negative = TakeSign(text);
  if (text == ".inf" || text == ".Inf" || text == ".INF") {
    const double infinity = std::numeric_limits<double>::infinity();
    return negative ? -infinity : infinity;
  }
  return std::nullopt;
}

bool IsNotANumber(std::string_view text) {
  return text == ".nan" || text == ".NaN" || text == ".NAN";
}

}  // namespace

std::optional<Integer> ParseInteger(std::string_view text) {
  if (text.empty() || text[0] == '_' || text[0] == '.') return std::nullopt;
  const std::string plain = WithoutUnderscores(text);
  std::string_view digits = plain;
  Integer integer{.negative = TakeSign(digits)};
  const int base = TakeBase(digits);
  const auto [stop, error] = std::from_chars(digits.begin(), digits.end(), integer.magnitude, base);
  if (digits.empty() || error != std::errc() || stop != digits.end()) return std::nullopt;
  if (integer.negative && integer.magnitude > std::uint64_t{1} << 63U) return std::nullopt;
  return integer;
}

bool LooksLikeFloat(std::string_view text) {
  if (IsNotANumber(text) || ParseSpecial(text)) return true;
  if (text.empty() || text[0] == '_') return false;
  const std::string plain = WithoutUnderscores(text);
  std::string_view rest = plain;
  TakeSign(rest);
  size_t digits = TakeDigits(rest);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    digits += TakeDigits(rest);
  }
  if (digits == 0) return false;
  if (!rest.starts_with('e') && !rest.starts_with('E')) return rest.empty();
  rest.remove_prefix(1);
  TakeSign(rest);
  return TakeDigits(rest) > 0 && rest.empty();
}

std::optional<double> ParseFloat(std::string_view text) {
  if (IsNotANumber(text)) return std::numeric_limits<double>::quiet_NaN();
  if (const auto special = ParseSpecial(text)) return special;
  if (!LooksLikeFloat(text)) return std::nullopt;
  const std::string plain = WithoutUnderscores(text);
  std::string_view digits = plain;
  const bool negative = TakeSign(digits);
  double value = 0;
  const auto [stop, error] = std::from_chars(digits.begin(), digits.end(), value);
  if (error != std::errc() || stop != digits.end()) return std::nullopt;
  return negative ? -value : value;
}

std::string FormatFloat(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  std::array<char, 32> text;
  const auto result =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general);
  return std::string(text.data(), result.ptr);
}

std::string FormatNumber(double value) {
  constexpr double kExact = 9007199254740992;  // 2^53
  const bool whole = std::abs(value) < kExact && value == std::trunc(value);
  if (!whole || (value == 0 && std::signbit(value))) return FormatFloat(value);
  return absl::StrCat(static_cast<std::int64_t>(value));
}

}  // namespace ichor::yml
