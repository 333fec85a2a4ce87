// Whether a disk is one that an expression means.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "talos/resource/definitions/block/block.pb.h"

namespace ichor {

// Runs a CEL expression over `disk`, `system_disk` and the units of sizes; glob(pattern, text) is
// there too. InvalidArgument for one that fails.
absl::StatusOr<bool> DiskMatches(const std::string& expression,
                                 const talos::resource::definitions::block::DiskSpec& disk,
                                 bool system_disk);

}  // namespace ichor
