// Values whose YAML is text of a certain form, or any YAML at all: from YAML to the message.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "lib/resource/yaml_field.h"
#include "lib/resource/yaml_path.h"
#include "lib/yaml/node.h"

namespace ichor {

// Reads a message of a form other than kNone. InvalidArgument as FromYaml.
absl::Status DecodeForm(const yml::Node& node, const YamlPath& path, MessageForm form,
                        google::protobuf::Message& message);

// The bytes of a scalar in base64, or of a hardware address.
absl::StatusOr<std::string> DecodeBase64(const yml::Node& node, const YamlPath& path);
absl::StatusOr<std::string> DecodeHardwareAddress(const yml::Node& node, const YamlPath& path);

// Words of an enumeration for an error message, at most a dozen.
std::string SomeWords(const google::protobuf::EnumDescriptor& type, std::string_view separator);

}  // namespace ichor
