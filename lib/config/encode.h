// Typed documents as text: what generated configs are written with.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "google/protobuf/message.h"

namespace ichor::config {

struct EncodeOptions {
  // The description of each field as a comment above it.
  bool docs = false;
  // Keys that are not there, as they could stand there, in a comment at their place: those whose
  // description has an example, with what they mean.
  bool examples = false;
};

// One document, its kind filled in: fields in the order of their description, empty ones left out
// unless they are always written, mapping keys sorted. Ends in a line break. `document` is a
// message of a kind; for others nothing is written.
std::string Encode(const google::protobuf::Message& document, const EncodeOptions& options = {});

// Several, with `---` between them.
std::string Encode(std::span<const std::unique_ptr<google::protobuf::Message>> documents,
                   const EncodeOptions& options = {});

}  // namespace ichor::config
