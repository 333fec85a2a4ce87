// Writes YAML, in the layout of go-yaml v3: block style, indented by 4, lists inside mappings
// indented too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/yaml/scalar.h"

namespace ichor::yml {

// Call in the order of the text; every Begin… has its End…. A mapping without keys becomes {}, a
// list without items []. One value at the top.
class Emitter {
 public:
  void BeginMapping();
  void Key(std::string_view key);  // before each value of a mapping
  void EndMapping();

  void BeginSequence();
  void Item();  // before each value of a list
  void EndSequence();

  // A string, in whatever style keeps it a string.
  void String(std::string_view text);

  // A number, `true`, `null`, what was read as plain: written as it is, if it can stand on a line.
  void Plain(std::string_view text);

  // The text, which ends in a line break; nothing if nothing was written.
  std::string Finish() && { return std::move(out_); }

 private:
  // What the next value stands behind.
  enum class Place : std::uint8_t { kTop, kKey, kDash };

  struct Block {
    int indent = 0;
    Place place = Place::kTop;  // what the block itself stands behind
    bool empty = true;
  };

  int NextIndent() const;
  void BeginBlock();
  void BeginLine();
  void EndBlock(std::string_view if_empty);
  void Scalar(std::string_view text, ScalarStyle style);
  void Literal(std::string_view text);

  std::string out_;
  std::vector<Block> blocks_;
  Place place_ = Place::kTop;
};

}  // namespace ichor::yml
