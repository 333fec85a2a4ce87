#include "lib/resource/cel/string.h"

#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/status.h"
#include "lib/base/utf8.h"

namespace ichor {
namespace {

// What stands before the text of a literal.
struct Opening {
  bool raw = false;
  bool is_bytes = false;
  size_t prefix = 0;       // letters
  std::string_view quote;  // one quote or three
};

std::optional<Opening> OpeningOf(std::string_view text) {
  Opening opening;
  for (; opening.prefix < text.size() && opening.prefix < 2; ++opening.prefix) {
    const char letter = absl::ascii_tolower(static_cast<unsigned char>(text[opening.prefix]));
    bool& seen = letter == 'r' ? opening.raw : opening.is_bytes;
    if ((letter != 'r' && letter != 'b') || seen) break;
    seen = true;
  }
  const std::string_view rest = text.substr(opening.prefix);
  for (const std::string_view quote : {"\"\"\"", "'''", "\"", "'"}) {
    if (!rest.starts_with(quote)) continue;
    opening.quote = quote;
    return opening;
  }
  return std::nullopt;
}

// Takes a number of exactly `digits` digits off `text`.
std::optional<char32_t> TakeNumber(std::string_view& text, size_t digits, int base) {
  std::uint32_t value = 0;
  if (text.size() < digits) return std::nullopt;
  const char* end = text.begin() + digits;
  const auto [stop, error] = std::from_chars(text.begin(), end, value, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

// The character of a one-letter escape, or nothing.
std::optional<char> SimpleEscape(char letter) {
  constexpr std::string_view kLetters = "\\\"'`?abfnrtv";
  constexpr std::string_view kValues = "\\\"'`?\a\b\f\n\r\t\v";
  const size_t i = kLetters.find(letter);
  if (i == std::string_view::npos) return std::nullopt;
  return kValues[i];
}

bool IsCharacter(char32_t rune) {
  return rune <= 0x10FFFF && (rune < 0xD800 || rune >= 0xE000);
}

// Takes what follows a backslash off `text`, and appends what it stands for. Whether it is an
// escape.
bool TakeEscape(std::string_view& text, bool is_bytes, std::string& out) {
  const char letter = text[0];
  if (const auto simple = SimpleEscape(letter)) {
    out += *simple;
    text.remove_prefix(1);
    return true;
  }
  std::optional<char32_t> rune;
  if (letter >= '0' && letter <= '3') {
    rune = TakeNumber(text, 3, 8);
  } else {
    text.remove_prefix(1);
    if (letter == 'x' || letter == 'X') rune = TakeNumber(text, 2, 16);
    if (letter == 'u' && !is_bytes) rune = TakeNumber(text, 4, 16);
    if (letter == 'U' && !is_bytes) rune = TakeNumber(text, 8, 16);
  }
  if (!rune || !IsCharacter(*rune)) return false;
  is_bytes ? void(out += static_cast<char>(*rune)) : base::AppendRune(*rune, out);
  return true;
}

char EscapeLetter(char c) {
  switch (c) {
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '"':
      return '"';
    case '\\':
      return '\\';
    default:
      return 0;
  }
}

}  // namespace

std::optional<size_t> CelStringLength(std::string_view text) {
  const auto opening = OpeningOf(text);
  if (!opening) return std::nullopt;
  const std::string_view quote = opening->quote;
  for (size_t i = opening->prefix + quote.size(); i < text.size(); ++i) {
    if (text.substr(i).starts_with(quote)) return i + quote.size();
    if (quote.size() == 1 && (text[i] == '\n' || text[i] == '\r')) return std::nullopt;
    if (text[i] == '\\' && !opening->raw) ++i;
  }
  return std::nullopt;
}

absl::StatusOr<CelString> ParseCelString(std::string_view literal) {
  const auto opening = OpeningOf(literal);
  const size_t marks = opening ? opening->prefix + 2 * opening->quote.size() : 0;
  if (!opening || literal.size() < marks) return absl::InvalidArgumentError("no string");
  std::string_view text =
      literal.substr(opening->prefix + opening->quote.size(), literal.size() - marks);
  CelString result{.is_bytes = opening->is_bytes};
  while (!text.empty()) {
    if (opening->raw || text[0] != '\\') {
      result.value += text[0];
      text.remove_prefix(1);
      continue;
    }
    const std::string escape(text.substr(0, 2));
    text.remove_prefix(1);
    if (text.empty() || !TakeEscape(text, opening->is_bytes, result.value)) {
      return absl::InvalidArgumentError(absl::StrCat("a string with the escape ", escape));
    }
  }
  return result;
}

std::string QuoteCelString(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (const char letter = EscapeLetter(c); letter != 0) {
      text += {'\\', letter};
    } else if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      absl::StrAppendFormat(&text, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text + '"';
}

std::string QuoteCelBytes(std::string_view value) {
  std::string text = "b\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isprint(byte) && c != '"' && c != '\\') {
      text += c;
    } else {
      absl::StrAppendFormat(&text, "\\%03o", byte);
    }
  }
  return text + '"';
}

}  // namespace ichor
