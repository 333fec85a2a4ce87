#include "lib/yaml/scalar.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "lib/base/utf8.h"
#include "lib/yaml/number.h"
#include "lib/yaml/text.h"

namespace ichor::yml {
namespace {

constexpr std::array<std::string_view, 5> kNulls = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 6> kBools = {"true",  "True",  "TRUE",
                                                    "false", "False", "FALSE"};
// Booleans of YAML 1.1.
constexpr std::array<std::string_view, 16> kOldBools = {"y",  "Y",   "yes", "Yes", "YES", "on",
                                                        "On", "ON",  "n",   "N",   "no",  "No",
                                                        "NO", "off", "Off", "OFF"};

bool Contains(const auto& list, std::string_view text) {
  return std::ranges::contains(list, text);
}

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

// 2001-01-01, perhaps with a time: every date that any reader knows, and a few more.
bool LooksLikeDate(std::string_view text) {
  if (text.size() < 8 || text[4] != '-') return false;
  if (!std::ranges::all_of(text.substr(0, 4), IsDigit)) return false;
  const std::string_view rest = text.substr(5);
  const size_t dash = rest.find('-');
  return (dash == 1 || dash == 2) && rest.size() > dash + 1 && IsDigit(rest[0]) &&
         IsDigit(rest[dash + 1]);
}

// 190:20:30 and the like: numbers to the base 60 in YAML 1.1,
// [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?
bool LooksLikeBase60(std::string_view text) {
  if (text[0] == '+' || text[0] == '-') text.remove_prefix(1);
  size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || !IsDigit(text[0])) return false;
  if (text.substr(0, colon).find_first_not_of("0123456789_") != std::string_view::npos)
    return false;
  while (colon < text.size() && text[colon] == ':') {
    const size_t end = std::min(text.find_first_not_of("0123456789", colon + 1), text.size());
    const size_t digits = end - colon - 1;
    if (digits == 0 || digits > 2 || (digits == 2 && text[colon + 1] > '5')) return false;
    colon = end;
  }
  if (colon == text.size()) return true;
  return text[colon] == '.' &&
         text.find_first_not_of("0123456789_", colon + 1) == std::string_view::npos;
}

bool IsPrintable(char32_t rune) {
  return rune == '\n' || (rune >= 0x20 && rune < 0x7F) || (rune >= 0xA0 && rune < 0xD800) ||
         (rune >= 0xE000 && rune < 0xFFFE && rune != 0xFEFF);
}

// Separators that only YAML 1.1 takes for line breaks: always escaped.
bool IsOldBreak(char32_t rune) {
  return rune == 0x2028 || rune == 0x2029;
}

// What of a text rules out which style.
struct Traits {
  bool valid = true;        // UTF-8
  bool indicators = false;  // something that means something in a plain scalar
  bool special = false;     // needs an escape
  bool tabs = false;
  bool multiline = false;
  bool space_break = false;  // a blank at the end of a line
};

bool IsIndicator(std::string_view text, size_t i) {
  const bool blank_follows = i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\t';
  const char c = text[i];
  if (i == 0) {
    constexpr std::string_view kAlways = "#,[]{}&*!|>'\"%@`";
    constexpr std::string_view kBeforeBlank = "?:-";
    if (kAlways.contains(c)) return true;
    return kBeforeBlank.contains(c) && blank_follows;
  }
  if (c == ':') return blank_follows;
  return c == '#' && std::string_view(" \t\n").contains(text[i - 1]);
}

Traits TraitsOf(std::string_view text) {
  Traits traits;
  traits.indicators = text.starts_with("---") || text.starts_with("...");
  for (size_t i = 0; i < text.size();) {
    const base::Rune rune = base::DecodeRune(text.substr(i));
    if (rune.length == 0) {
      traits.valid = false;
      return traits;
    }
    if (rune.length == 1) traits.indicators |= IsIndicator(text, i);
    if (rune.value == '\t') {
      traits.tabs = true;
    } else if (!IsPrintable(rune.value) || IsOldBreak(rune.value)) {
      traits.special = true;
    } else if (rune.value == '\n') {
      traits.multiline = true;
      traits.space_break |= i > 0 && text[i - 1] == ' ';
    }
    i += rune.length;
  }
  return traits;
}

bool HasBlankEnds(std::string_view text) {
  return text.starts_with(' ') || text.ends_with(' ');
}

bool CanBeLiteral(std::string_view text, const Traits& traits, ScalarPlace place) {
  return place == ScalarPlace::kValue && !traits.special && !traits.space_break &&
         text.front() != ' ' && text.front() != '\n' && text.front() != '\t' && text.back() != ' ';
}

// The short escape of `rune`, or 0.
char ShortEscape(char32_t rune) {
  switch (rune) {
    case 0x00:
      return '0';
    case 0x07:
      return 'a';
    case 0x08:
      return 'b';
    case 0x09:
      return 't';
    case 0x0A:
      return 'n';
    case 0x0B:
      return 'v';
    case 0x0C:
      return 'f';
    case 0x0D:
      return 'r';
    case 0x1B:
      return 'e';
    case '"':
      return '"';
    case '\\':
      return '\\';
    case 0x2028:
      return 'L';
    case 0x2029:
      return 'P';
    default:
      return 0;
  }
}

void AppendEscaped(char32_t rune, std::string& out) {
  out += '\\';
  if (const char letter = ShortEscape(rune); letter != 0) {
    out += letter;
  } else if (rune <= 0xFF) {
    absl::StrAppendFormat(&out, "x%02X", static_cast<unsigned>(rune));
  } else if (rune <= 0xFFFF) {
    absl::StrAppendFormat(&out, "u%04X", static_cast<unsigned>(rune));
  } else {
    absl::StrAppendFormat(&out, "U%08X", static_cast<unsigned>(rune));
  }
}

}  // namespace

PlainMeaning MeaningOfPlain(std::string_view text) {
  if (Contains(kNulls, text)) return PlainMeaning::kNull;
  if (absl::ascii_isalpha(static_cast<unsigned char>(text[0]))) {
    return Contains(kBools, text) ? PlainMeaning::kBool : PlainMeaning::kString;
  }
  if (text == "<<") return PlainMeaning::kMerge;
  if (LooksLikeDate(text)) return PlainMeaning::kTimestamp;
  if (ParseInteger(text)) return PlainMeaning::kInteger;
  if (LooksLikeFloat(text)) return PlainMeaning::kFloat;
  return PlainMeaning::kString;
}

ScalarStyle StyleOf(std::string_view text, ScalarPlace place) {
  if (text.empty()) return ScalarStyle::kDoubleQuoted;
  const Traits traits = TraitsOf(text);
  if (!traits.valid) return ScalarStyle::kBinary;
  if (traits.multiline) {
    return CanBeLiteral(text, traits, place) ? ScalarStyle::kLiteral : ScalarStyle::kDoubleQuoted;
  }
  if (traits.special || traits.tabs) return ScalarStyle::kDoubleQuoted;
  if (MeaningOfPlain(text) != PlainMeaning::kString || Contains(kOldBools, text) ||
      LooksLikeBase60(text)) {
    return ScalarStyle::kDoubleQuoted;
  }
  return traits.indicators || HasBlankEnds(text) ? ScalarStyle::kSingleQuoted : ScalarStyle::kPlain;
}

bool IsSimpleKey(std::string_view key) {
  constexpr size_t kLongest = 128;
  return key.size() <= kLongest;
}

ScalarStyle StyleOfPlain(std::string_view text, ScalarPlace place) {
  const Traits traits = TraitsOf(text);
  const bool plain = traits.valid && !traits.indicators && !traits.special && !traits.tabs &&
                     !traits.multiline && !HasBlankEnds(text);
  return plain ? ScalarStyle::kPlain : StyleOf(text, place);
}

void AppendSingleQuoted(std::string_view text, std::string& out) {
  out += '\'';
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  out += '\'';
}

void AppendDoubleQuoted(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const base::Rune rune = base::DecodeRune(text);
    const bool plain = IsPrintable(rune.value) && ShortEscape(rune.value) == 0;
    if (plain) {
      out += text.substr(0, rune.length);
    } else {
      AppendEscaped(rune.value, out);
    }
    text.remove_prefix(std::max(rune.length, 1));
  }
  out += '"';
}

void AppendStyled(std::string_view text, ScalarStyle style, std::string& out) {
  switch (style) {
    case ScalarStyle::kSingleQuoted:
      return AppendSingleQuoted(text, out);
    case ScalarStyle::kDoubleQuoted:
      return AppendDoubleQuoted(text, out);
    case ScalarStyle::kBinary:
      out += "!!binary " + absl::Base64Escape(ToAbsl(text));
      return;
    default:
      out += text;
  }
}

}  // namespace ichor::yml
