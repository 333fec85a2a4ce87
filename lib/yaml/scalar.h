// Scalars in YAML: what a plain one means, and how a string is written so that it reads back as
// itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ichor::yml {

// What a reader of YAML 1.1 or 1.2 may take a plain scalar for.
enum class PlainMeaning : std::uint8_t {
  kNull,
  kBool,
  kInteger,
  kFloat,
  kTimestamp,
  kMerge,
  kString
};

PlainMeaning MeaningOfPlain(std::string_view text);

// kBinary: not UTF-8, written in base64 with the tag !!binary.
enum class ScalarStyle : std::uint8_t { kPlain, kSingleQuoted, kDoubleQuoted, kLiteral, kBinary };

enum class ScalarPlace : std::uint8_t { kValue, kKey };

// The style go-yaml v3 chooses, except that a text of several lines which starts with a blank or an
// empty line is quoted. A key is never literal.
ScalarStyle StyleOf(std::string_view text, ScalarPlace place);

// Whether a key can stand before its colon on one line. Readers take 1,024 characters there; the
// bound is go-yaml's. Any other key is written behind a question mark.
bool IsSimpleKey(std::string_view key);

// The style for a plain scalar that was read: plain again, unless its text stood on several lines,
// or where other characters are allowed.
ScalarStyle StyleOfPlain(std::string_view text, ScalarPlace place);

// Append `text` to `out`, quoted.
void AppendSingleQuoted(std::string_view text, std::string& out);
void AppendDoubleQuoted(std::string_view text, std::string& out);

// Appends `text` on one line, in a style that StyleOf allows for it and that is not kLiteral.
void AppendStyled(std::string_view text, ScalarStyle style, std::string& out);

}  // namespace ichor::yml
