// A YAML document as a tree whose values know where they come from. (Namespace yml: `ichor::yaml`
// is an option of our messages.)
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ichor::yml {

// Where something starts, from 1. Columns count bytes.
struct Place {
  int line = 1;
  int column = 1;
};

// "3:12"
std::string ToString(const Place& place);

// A text that values come from, byte for byte, and the scalars that do not stand in it as they are
// (escapes, folded lines). Nodes refer to it: whoever keeps a node keeps its source.
struct Source {
  std::string file;  // how messages call it: "n1.yaml"
  std::string text;
  std::deque<std::string> decoded{};
  std::vector<std::uint32_t> lines{};  // where each line starts, once it was read
};

using SourcePtr = std::shared_ptr<Source>;

// Where the lines of a text start.
std::vector<std::uint32_t> LineStarts(std::string_view text);

// The place of an offset into the text. Linear for a text that was not read.
Place PlaceOf(const Source& source, std::uint32_t offset);

// A value. A scalar's and a key's text are views into the source.
struct Node {
  // kPlain: a scalar whose text tells its type. kText: quoted, literal, folded or tagged !!str.
  enum class Kind : std::uint8_t { kPlain, kText, kSequence, kMapping };

  Kind kind = Kind::kPlain;
  bool flow = false;  // written as [] or {}
  // An alias, or a mapping with a merge key: its text is not that of its parts.
  bool opaque = false;
  bool binary = false;      // tagged !!binary: `text` is what the base64 stood for
  std::uint32_t begin = 0;  // offsets into the source's text: [begin, end)
  std::uint32_t end = 0;
  std::uint32_t key_begin = 0;  // of the key, if this is a value of a mapping
  const Source* source = nullptr;
  std::string_view text{};
  std::string_view key{};
  std::vector<Node> children{};  // items, or values in the order of the text

  bool IsScalar() const { return kind == Kind::kPlain || kind == Kind::kText; }
  bool IsSequence() const { return kind == Kind::kSequence; }
  bool IsMapping() const { return kind == Kind::kMapping; }

  // `null` in any spelling, or nothing at all.
  bool IsNull() const;

  // The value of a key, or null.
  const Node* Find(std::string_view wanted) const;
  Node* Find(std::string_view wanted);

  // Where the value starts; the top of the text for a value that comes from none.
  Place place() const;
  Place key_place() const;
};

// Whether both mean the same: text, order of items, but not order of keys, style or place.
bool SameValue(const Node& left, const Node& right);

// The value in words that fit in a message: "a list", "a mapping", `"eth0"`, "null".
std::string Describe(const Node& node);

// Values made here and not read. The views must outlive the node; Keep copies a text into a source.
Node MakeMapping(const Source& source);
Node MakeSequence(const Source& source);
Node MakePlain(const Source& source, std::string_view text);
Node MakeText(const Source& source, std::string_view text);
std::string_view Keep(Source& source, std::string text);

}  // namespace ichor::yml
