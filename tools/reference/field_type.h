// What a field holds, in a reader's words.
#pragma once

#include <string>

#include "google/protobuf/descriptor.h"

namespace ichor::reference {

// "string", "list of LinkStatusSpec", "map of string to string", "one of: up, down".
std::string TypeOf(const google::protobuf::FieldDescriptor& field);

}  // namespace ichor::reference
