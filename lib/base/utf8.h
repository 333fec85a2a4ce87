// UTF-8, one code point at a time.
#pragma once

#include <string>
#include <string_view>

namespace ichor::base {

struct Rune {
  char32_t value = 0;
  int length = 0;  // bytes; 0: the text does not start with valid UTF-8
};

// The first code point of `text`, which must not be empty. Overlong forms and surrogates are
// invalid.
Rune DecodeRune(std::string_view text);

// Appends a code point that is no surrogate.
void AppendRune(char32_t rune, std::string& out);

bool IsValidUtf8(std::string_view text);

}  // namespace ichor::base
