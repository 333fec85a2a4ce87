// Reads YAML into a tree of values with their places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor {

// Where something starts, from 1. Columns count bytes.
struct YamlPlace {
  int line = 1;
  int column = 1;
};

struct YamlNode {
  // kText: quoted, literal or tagged !!str. kBinary: tagged !!binary; `text` is decoded.
  enum class Kind : std::uint8_t { kPlain, kText, kBinary, kSequence, kMapping };

  Kind kind = Kind::kPlain;
  YamlPlace place;
  std::string text{};  // of a scalar
  std::string key{};   // of a child of a mapping
  YamlPlace key_place{};
  std::vector<YamlNode> children{};  // items, or values in the order of the text

  // Whether this is `null`, in any spelling, or nothing at all.
  bool IsNull() const;
};

// "3:12"
std::string ToString(const YamlPlace& place);

// A scalar in quotes, cut to a length that fits in a message; "a list", "a mapping".
std::string Describe(const YamlNode& node);

inline constexpr size_t kMaxYamlBytes = size_t{32} << 20U;
inline constexpr int kMaxYamlDepth = 64;
inline constexpr int kMaxYamlNodes = 1 << 20;

// The only document of `text`. InvalidArgument "LINE:COLUMN: …" if it is not YAML or not UTF-8, if
// it has no document or several, a duplicate key, an anchor, an alias, a merge key, a key that is
// no scalar, a tag other than !!str and
// !!binary, or is larger than the limits above.
absl::StatusOr<YamlNode> ReadYaml(std::string_view text);

}  // namespace ichor
