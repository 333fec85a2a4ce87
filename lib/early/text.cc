#include "lib/early/text.h"

namespace ichor::early {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n';
}

}  // namespace

Decimal::Decimal(std::int64_t value) : digits_{}, begin_(digits_.size()) {
  const bool negative = value < 0;
  auto rest = negative ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  do {
    digits_[--begin_] = static_cast<char>('0' + (rest % 10));
    rest /= 10;
  } while (rest != 0);
  if (negative) digits_[--begin_] = '-';
}

std::string_view Part(std::string_view text, std::size_t begin, std::size_t size) {
  if (begin >= text.size()) return {};
  text.remove_prefix(begin);
  return {text.data(), size < text.size() ? size : text.size()};
}

std::string_view TakeUntil(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view taken = Part(text, 0, end);
  text = end == std::string_view::npos ? std::string_view{} : Part(text, end + 1);
  return taken;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back()))
    text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> ToNumber(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    if (__builtin_mul_overflow(out, 10U, &out) ||
        __builtin_add_overflow(out, static_cast<std::uint64_t>(c - '0'), &out)) {
      return std::nullopt;
    }
  }
  return out;
}

bool FromHex(std::string_view digits, std::span<std::byte> out) {
  if (digits.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = HexDigit(digits[2 * i]);
    const int low = HexDigit(digits[(2 * i) + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::byte>((high << 4) | low);
  }
  return true;
}

void ToHex(std::span<const std::byte> bytes, std::span<char> out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto value = std::to_integer<unsigned>(bytes[i]);
    out[2 * i] = kDigits[value >> 4U];
    out[(2 * i) + 1] = kDigits[value & 15U];
  }
}

}  // namespace ichor::early
