// The description for readers: `explain`, the reference, the JSON schema.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ichor::config {

// Type, default, description, words and an example of one key, as text for a terminal:
// "machine.network.interfaces.dhcp", "LinkConfig", "LinkConfig.addresses.routePriority". NotFound
// with the closest key for anything else.
absl::StatusOr<std::string> Explain(std::string_view path);

// All documents, in Markdown.
std::string Reference();

// All documents, as a JSON schema (draft 2020-12).
std::string JsonSchema();

}  // namespace ichor::config
