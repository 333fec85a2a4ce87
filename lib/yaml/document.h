// Reads one YAML document that is plain data: the spec of a resource, a file of a client.
#pragma once

#include "absl/status/statusor.h"
#include "lib/yaml/node.h"
#include "lib/yaml/read.h"

namespace ichor::yml {

inline constexpr Rules kPlainData = {
    .max_bytes = size_t{32} << 20U, .max_depth = 64, .max_nodes = 1 << 20, .references = false};

// The only document of `source.text`, whose nodes look into the source. InvalidArgument
// "LINE:COLUMN: …" (behind "FILE:", if the source has a file) for the first thing that
// ReadDocuments finds wrong under kPlainData, and if there is no document, or several.
absl::StatusOr<Node> ReadDocument(Source& source);

}  // namespace ichor::yml
