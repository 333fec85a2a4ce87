#include "lib/base/utf8.h"

#include <cstdint>

namespace ichor::base {
namespace {

// Length and smallest value of a code point that starts with `lead`; length 0 for a byte that
// starts none.
struct Lead {
  int length;
  char32_t minimum;
  char32_t bits;
};

Lead LeadOf(std::uint8_t lead) {
  if (lead < 0x80) return {1, 0, lead};
  if (lead >= 0xC2 && lead < 0xE0) return {2, 0x80, lead & 0x1FU};
  if (lead >= 0xE0 && lead < 0xF0) return {3, 0x800, lead & 0x0FU};
  if (lead >= 0xF0 && lead < 0xF5) return {4, 0x10000, lead & 0x07U};
  return {0, 0, 0};
}

}  // namespace

Rune DecodeRune(std::string_view text) {
  const Lead lead = LeadOf(static_cast<std::uint8_t>(text[0]));
  if (lead.length == 0 || text.size() < static_cast<size_t>(lead.length)) return {};
  char32_t value = lead.bits;
  for (int i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if ((byte & 0xC0U) != 0x80) return {};
    value = (value << 6U) | (byte & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (value < lead.minimum || value > 0x10FFFF || surrogate) return {};
  return {value, lead.length};
}

void AppendRune(char32_t rune, std::string& out) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | ((rune >> shift) & 0x3FU));
  };
  if (rune < 0x80) {
    out += static_cast<char>(rune);
  } else if (rune < 0x800) {
    out += static_cast<char>(0xC0U | (rune >> 6U));
    tail(0);
  } else if (rune < 0x10000) {
    out += static_cast<char>(0xE0U | (rune >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (rune >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = DecodeRune(text);
    if (rune.length == 0) return false;
    text.remove_prefix(rune.length);
  }
  return true;
}

}  // namespace ichor::base
