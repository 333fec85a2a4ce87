// Objects as JSON (RFC 8259), as API servers read and write them.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/struct.pb.h"

namespace ichor::kube {

// On one line, keys sorted. Whole numbers below 2^53 are written without a point.
std::string ToJson(const google::protobuf::Struct& object);

// The object that `text` is, as protobuf's library reads it: foreign bytes, of a bounded depth.
// InvalidArgument for what is no JSON, or no object; it does not quote the text.
absl::StatusOr<google::protobuf::Struct> FromJson(std::string_view text);

}  // namespace ichor::kube
