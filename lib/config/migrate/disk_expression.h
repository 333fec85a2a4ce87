// The CEL expression that means what a disk selector of the one-document form means.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// disk.dev_path == "/dev/sda"
std::string DiskExpression(std::string_view path);

// All properties must match; a selector never takes virtual, read-only or optical disks.
// InvalidArgument for `name`, which has no equivalent, and for sizes that are none.
absl::StatusOr<std::string> DiskExpression(const Node& selector);

}  // namespace ichor::config
