// What a node takes for what a config does not say.
#pragma once

#include <memory>

#include "google/protobuf/message.h"
#include "lib/config/description.h"
#include "lib/config/document.h"

namespace ichor::config {

// Sets what has a default and is not set, in `message` and in the sections that it has; sections
// that are not there stay so unless their description says that they are read as empty ones.
// `message` is of the shape.
void SetDefaults(google::protobuf::Message& message, const Shape& shape);

// The document's message with its defaults: what a reader acts on. Never written into a config.
std::unique_ptr<google::protobuf::Message> WithDefaults(const Document& document);

}  // namespace ichor::config
