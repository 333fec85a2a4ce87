// Writes trees as YAML, in the layout of go-yaml v3: block style, lists inside mappings indented.
#pragma once

#include <map>
#include <string>

#include "lib/yaml/node.h"

namespace ichor::yml {

// What stands above a value's key, one line or several, by the value.
using Comments = std::map<const Node*, std::string>;

struct Layout {
  int indent = 0;  // of the lines after the first
  int step = 4;    // of each level
  const Comments* comments = nullptr;
};

// A value at the place where it is to stand: its first line without indentation, each other line
// with it; ends in a line break. A scalar of several lines becomes a literal block, unless it
// cannot be one.
std::string Write(const Node& node, const Layout& layout);

// `key: value`, laid out in the same way.
std::string WriteEntry(const Node& node, const Layout& layout);

// A value on one line, without a line break: mappings in {}, lists in [].
std::string WriteFlow(const Node& node);

}  // namespace ichor::yml
