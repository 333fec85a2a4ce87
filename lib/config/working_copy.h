// A config while patches change it: trees, and where each came from.
#pragma once

#include <string>
#include <vector>

#include "lib/config/config.h"
#include "lib/config/document.h"
#include "lib/config/yaml.h"

namespace ichor::config {

struct WorkingDocument {
  Document document;  // its tree is what changes
  SourcePtr origin;   // where it came from
  Node before;        // its tree then
};

// Not thread-safe. Keeps every source that its trees may refer to.
class WorkingCopy {
 public:
  explicit WorkingCopy(const Config& config);

  std::vector<WorkingDocument>& documents() { return documents_; }

  // Null if there is no such document.
  WorkingDocument* Find(const Document& wanted);

  void Remove(const Document& document);

  // A document that the config did not have. `before` is its tree in the text of `origin`; without
  // a source if it stands in no text.
  void Append(Document document, SourcePtr origin, Node before);

  void Keep(SourcePtr source) { sources_.push_back(std::move(source)); }

  // The text with all changes, everything else as it was.
  std::string Text() const;

 private:
  std::string OriginalPart() const;

  SourcePtr original_;
  std::vector<Node> original_roots_;  // in the order of the text
  std::vector<SourcePtr> sources_;
  std::vector<WorkingDocument> documents_;
};

}  // namespace ichor::config
