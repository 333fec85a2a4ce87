// The wire form of a resource: cosi.resource.Resource.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "cosi/resource/resource.pb.h"
#include "lib/resource/resource.h"

namespace ichor {

// What of the spec goes into a message. Files need no YAML: it is rendered from the typed form.
enum class SpecForm : std::uint8_t { kProtoAndYaml, kProto };

// Writes `resource` into `out`, which must be empty. Versions are decimal or "undefined", times
// always present.
void ToProto(const Resource& resource, SpecForm form, cosi::resource::Resource& out);

// Whether the specs of types that this process knows are parsed, or kept as bytes like those of all
// others.
enum class SpecTyping : std::uint8_t { kKnownTypes, kOpaque };

// The resource that `proto` describes. InvalidArgument names the field that is missing or wrong,
// and its value.
absl::StatusOr<Resource> FromProto(const cosi::resource::Resource& proto, SpecTyping typing);

// The phase of this wire name. InvalidArgument for any other text.
absl::StatusOr<Phase> PhaseFromString(std::string_view text);

}  // namespace ichor
