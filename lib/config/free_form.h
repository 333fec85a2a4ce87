// Mappings whose keys are nobody's here: a kubelet's own configuration, a pod.
#pragma once

#include "google/protobuf/struct.pb.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// A mapping as a message: numbers, booleans and nulls by what their plain text means.
void ToStruct(const Node& mapping, google::protobuf::Struct& result);

// The way back; keys sorted, texts kept by `source`.
Node FromStruct(const google::protobuf::Struct& value, Source& source);

}  // namespace ichor::config
