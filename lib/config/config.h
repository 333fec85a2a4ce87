// The machine config: a stream of documents. The text is the truth and is kept byte for byte; trees
// and messages are views of it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "lib/config/document.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// A machine config. Immutable; cheap to copy.
class Config {
 public:
  // What it was read from.
  const std::string& text() const { return source_->text; }
  const std::string& file() const { return source_->file; }
  const SourcePtr& source() const { return source_; }

  // In the order of the text, without null documents.
  const std::vector<Document>& documents() const { return *documents_; }

  // The document of a kind, by the kind's message; null if there is none. Of a named kind: the
  // first. KubeletConfig* kubelet = config.Get<v1alpha1::KubeletConfig>();
  template <class Message>
  const Message* Get() const {
    const Document* document = Find(*Message::descriptor());
    return document == nullptr ? nullptr : static_cast<const Message*>(document->message.get());
  }

  // All documents of a kind, in the order of the text.
  template <class Message>
  std::vector<const Message*> All() const {
    std::vector<const Message*> all;
    for (const Document& document : documents()) {
      if (document.kind->shape->type != Message::descriptor()) continue;
      all.push_back(static_cast<const Message*>(document.message.get()));
    }
    return all;
  }

  const Document* Find(const google::protobuf::Descriptor& type) const;
  const Document* Find(const Kind& kind, std::string_view name) const;

 private:
  friend absl::StatusOr<Config> Load(std::string file, std::string text, Findings& findings);
  Config(SourcePtr source, std::vector<Document> documents);

  SourcePtr source_;
  std::shared_ptr<const std::vector<Document>> documents_;
};

// Reads a config strictly. `file` is how findings call it, and may be empty. InvalidArgument with
// everything that is wrong, one a line: what is no YAML, unknown keys and kinds, wrong types,
// documents that are there twice or exclude each other. `findings` gets the same as values.
absl::StatusOr<Config> Load(std::string file, std::string text, Findings& findings);
absl::StatusOr<Config> Load(std::string file, std::string text);

}  // namespace ichor::config
