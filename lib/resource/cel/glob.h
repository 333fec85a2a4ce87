// The function "glob" of the selectors of disks and links.
#pragma once

#include <span>

#include "absl/status/statusor.h"
#include "lib/resource/cel/value.h"

namespace ichor {

// glob(PATTERN, TEXT): whether the whole text fits a pattern of fnmatch(3). InvalidArgument for
// other arguments.
absl::StatusOr<CelValue> CelGlob(std::span<const CelValue> arguments);

}  // namespace ichor
