#include "lib/config/config.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lib/yaml/read.h"

namespace ichor::config {

Config::Config(SourcePtr source, std::vector<Document> documents)
    : source_(std::move(source)),
      documents_(std::make_shared<const std::vector<Document>>(std::move(documents))) {}

const Document* Config::Find(const google::protobuf::Descriptor& type) const {
  const auto of_type = [&](const Document& document) {
    return document.kind->shape->type == &type;
  };
  const auto found = std::ranges::find_if(*documents_, of_type);
  return found == documents_->end() ? nullptr : &*found;
}

const Document* Config::Find(const Kind& kind, std::string_view name) const {
  const auto is_it = [&](const Document& document) {
    return document.kind == &kind && document.name == name;
  };
  const auto found = std::ranges::find_if(*documents_, is_it);
  return found == documents_->end() ? nullptr : &*found;
}

absl::StatusOr<Config> Load(std::string file, std::string text, Findings& findings) {
  auto source = std::make_shared<Source>(Source{.file = std::move(file), .text = std::move(text)});
  std::vector<Document> documents;
  for (Node& root : ReadDocuments(*source, findings)) {
    if (root.IsNull()) continue;
    std::optional<Document> document = Identify(std::move(root), findings);
    if (!document) continue;
    DecodeDocument(*document, findings);
    documents.push_back(*std::move(document));
  }
  CheckConflicts(documents, findings);
  if (documents.empty() && findings.empty()) {
    findings.push_back({.file = source->file, .message = "config not found"});
  }
  if (absl::Status status = ToStatus(findings); !status.ok()) return status;
  return Config(std::move(source), std::move(documents));
}

absl::StatusOr<Config> Load(std::string file, std::string text) {
  Findings findings;
  return Load(std::move(file), std::move(text), findings);
}

}  // namespace ichor::config
