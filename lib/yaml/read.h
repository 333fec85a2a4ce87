// Reads a stream of YAML documents into trees. Foreign bytes: bounded in size, depth and number of
// values, aliases included.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lib/yaml/finding.h"
#include "lib/yaml/node.h"

namespace ichor::yml {

// What a stream may be and have.
struct Rules {
  size_t max_bytes = size_t{64} << 20U;
  int max_depth = 100;
  int max_nodes = 1 << 22;  // values, those that aliases repeat counted
  bool references = true;   // anchors, aliases and merge keys, replaced by what they stand for
};

// All documents of `source.text`, null documents included. Takes block and flow style, tags of
// strings (!!str, !!binary), a byte order mark, CRLF. Findings: what is no YAML or no UTF-8
// (reading ends there), duplicate and null keys, other tags, and what the rules exclude; at most
// 1,000.
std::vector<Node> ReadDocuments(Source& source, Findings& findings, const Rules& rules = {});

}  // namespace ichor::yml
