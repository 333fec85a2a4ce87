// One document of a config: which kind it is of, its tree, its message.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "lib/config/description.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// Copies share the message. The tree's texts are views into its sources, which the holder keeps.
struct Document {
  const Kind* kind = nullptr;
  std::string name{};                                          // of a named kind
  Node root{};                                                 // a mapping
  std::shared_ptr<const google::protobuf::Message> message{};  // null until decoded

  // "LinkConfig eth0"; "v1alpha1" for the legacy document.
  std::string Title() const;

  // What its paths begin with: the title, nothing for the legacy document.
  std::string PathTitle() const;

  bool IsSameAs(const Document& other) const { return kind == other.kind && name == other.name; }
};

// What a mapping says it is, by `apiVersion`, `kind` and `name`; not decoded. Nothing, with a
// finding, if that is no document.
std::optional<Document> Identify(Node root, Findings& findings);

// Fills the message. What does not fit becomes a finding.
void DecodeDocument(Document& document, Findings& findings);

// What documents of one config may not do: be there twice, claim the same name.
void CheckConflicts(const std::vector<Document>& documents, Findings& findings);

}  // namespace ichor::config
