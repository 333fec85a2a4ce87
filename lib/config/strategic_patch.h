// A patch that is a piece of a config: documents to merge, and places to delete.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/config/document.h"
#include "lib/config/working_copy.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// One `$patch: delete`.
struct Deletion {
  Document document;                     // which document: kind and name
  std::vector<std::string_view> path{};  // keys from its top; empty: the whole document
  std::string_view item_key{};           // in the list at the path: the first item in which
  std::string_view item_value{};         // this key has this text
  const Source* source = nullptr;
  std::uint32_t begin = 0;  // of the marker's mapping
};

// A document of the patch without its markers.
struct PatchDocument {
  Document document;
  Node as_written{};  // the tree with the markers; without a source if it stands in no text
};

struct StrategicPatch {
  SourcePtr source;
  std::vector<Deletion> deletions{};
  std::vector<PatchDocument> documents{};
};

// Takes the documents of a patch. Findings: what is no document or does not fit its kind, and
// markers where none may stand.
StrategicPatch MakeStrategicPatch(SourcePtr source, std::vector<Node> roots, Findings& findings);

// Deletes, then merges; documents that the config does not have are added. InvalidArgument if a
// place to delete is missing from a document that is there.
absl::Status Apply(const StrategicPatch& patch, WorkingCopy& copy);

}  // namespace ichor::config
