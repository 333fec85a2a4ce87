// Fills spec messages for tests.
#pragma once

#include "google/protobuf/message.h"

namespace ichor {

// Sets every field of `message`, and of the messages in it, to a value that is not the default and
// that its YAML form can hold; two elements in lists and maps.
void FillSpec(google::protobuf::Message& message);

}  // namespace ichor
