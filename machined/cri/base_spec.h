// The OCI runtime spec that every container of Kubernetes begins with.
#pragma once

#include <string>

#include "google/protobuf/struct.pb.h"

namespace ichor {

// containerd's own for Linux, without its limits of resources. See config.md of the OCI runtime
// specification.
google::protobuf::Struct DefaultBaseSpec();

// Changes `spec`: objects are merged key by key, what lists hold is added, all else replaced.
void MergeSpec(const google::protobuf::Struct& changes, google::protobuf::Struct& spec);

// As JSON, keys sorted: the same text for the same spec.
std::string SpecJson(const google::protobuf::Struct& spec);

}  // namespace ichor
