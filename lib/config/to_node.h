// From messages to trees: the way back of decode.h.
#pragma once

#include "google/protobuf/message.h"
#include "lib/config/description.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// A message of the shape as a mapping whose texts `source` keeps. Fields that are not set are left
// out unless they are always written.
Node ToNode(const google::protobuf::Message& message, const Shape& shape, Source& source);

}  // namespace ichor::config
