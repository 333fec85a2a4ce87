// Numbers in YAML, read and written as go-yaml v3 does it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ichor::yml {

struct Integer {
  bool negative = false;
  std::uint64_t magnitude = 0;
};

// A plain scalar as an integer: decimal, 0x1f, 0o17, 017 (octal too), 0b11, all with a sign and
// with underscores. Nothing if it is none, or does not fit in 64 bits.
std::optional<Integer> ParseInteger(std::string_view text);

// A plain scalar as a floating-point number: 1.5, .5, 1e3, .inf, .nan. Nothing if it is none, or
// too large.
std::optional<double> ParseFloat(std::string_view text);

// Whether a plain scalar has the form of a number, of any size.
bool LooksLikeFloat(std::string_view text);

// The shortest text that reads back as `value`: "0.1", "100", "1.5e+06", ".inf".
std::string FormatFloat(double value);

// The same, but whole numbers below 2^53 without an exponent: "6443". For values that were integers
// once.
std::string FormatNumber(double value);

}  // namespace ichor::yml
