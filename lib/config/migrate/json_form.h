// A JSON patch as a piece of config, for configs of several documents.
#pragma once

#include "absl/status/statusor.h"
#include "lib/config/config.h"
#include "lib/config/json_patch.h"
#include "lib/config/strategic_patch.h"

namespace ichor::config {

// The patch of `base`'s legacy document that does what the operations do. InvalidArgument, one line
// each, for operations that cannot be told so: test, move, copy, places in lists but their end, and
// removals of what is not there.
absl::StatusOr<StrategicPatch> ToStrategicPatch(const JsonPatch& patch, const Config& base);

}  // namespace ichor::config
