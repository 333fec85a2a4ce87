#include "lib/yaml/document.h"

#include <span>
#include <utility>
#include <vector>

#include "lib/yaml/finding.h"

namespace ichor::yml {

absl::StatusOr<Node> ReadDocument(Source& source) {
  Findings findings;
  std::vector<Node> documents = ReadDocuments(source, findings, kPlainData);
  if (findings.empty() && documents.size() > 1) {
    findings.push_back({.file = source.file,
                        .place = documents[1].place(),
                        .message = "a second document; expected one"});
  } else if (findings.empty() && documents.empty()) {
    findings.push_back({.file = source.file, .message = "no document"});
  }
  if (!findings.empty()) return ToStatus(std::span(findings).first(1));
  return std::move(documents.front());
}

}  // namespace ichor::yml
