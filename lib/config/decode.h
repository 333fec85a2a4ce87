// From a tree to the message of its kind, strictly.
#pragma once

#include "google/protobuf/message.h"
#include "lib/config/description.h"
#include "lib/config/path.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// Fills `message`, which has the shape `shape`, from a mapping. What does not fit becomes a finding
// and is left out: unknown keys with the one that was meant, wrong types, texts of another form.
// Null means not set.
void Decode(const Node& node, const Path& path, const Shape& shape,
            google::protobuf::Message& message, Findings& findings);

}  // namespace ichor::config
