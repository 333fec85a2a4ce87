// Brings a text in line with a changed tree, and leaves alone what did not change.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/yaml/node.h"

namespace ichor::yml {

// A piece of a text, [begin, end), and what shall stand there.
struct Edit {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::string text{};
};

// The edits that make the text of `before` say what `after` says. `after` is a changed copy of
// `before`; items of lists are the same if they began as the same. Comments, order, quotes and
// indentation of what is equal stay; a comment behind a value that changes its form goes with it.
std::vector<Edit> EditsFor(const Node& before, const Node& after);

// `text` from `begin` to `end` with the edits made, which lie within and do not overlap.
std::string ApplyEdits(const std::string& text, std::uint32_t begin, std::uint32_t end,
                       std::vector<Edit> edits);

}  // namespace ichor::yml
