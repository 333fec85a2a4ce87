// Reads a stream of YAML documents into trees. Foreign bytes: bounded in size, depth and number of
// values, aliases included.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lib/config/yaml/finding.h"
#include "lib/config/yaml/node.h"

namespace ichor::config {

inline constexpr size_t kMaxBytes = size_t{64} << 20U;
inline constexpr int kMaxDepth = 100;
inline constexpr int kMaxNodes = 1 << 22;  // 4 million values, those that aliases repeat counted

// All documents of `source.text`, null documents included. Takes block and flow style, anchors,
// aliases and merge keys (replaced by what they stand for), tags of strings (!!str, !!binary), a
// byte order mark, CRLF. Findings: what is no YAML or no UTF-8 (reading ends there), duplicate and
// null keys, other tags, and what exceeds the limits.
std::vector<Node> ReadDocuments(Source& source, Findings& findings);

}  // namespace ichor::config
