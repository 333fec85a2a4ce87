// Volumes by their labels.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/runtime/runtime.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {

// The first volume with a file system whose label, or whose partition's, is one of `labels`.
// Unavailable until all disks were looked at; NotFound if there is none.
absl::StatusOr<block::DiscoveredVolume::Spec> FindLabelled(Runtime& runtime,
                                                           const std::vector<std::string>& labels);

}  // namespace ichor
