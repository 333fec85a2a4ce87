// Where META is.
#pragma once

#include <optional>
#include <string>

#include "lib/runtime/rows.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {

// The node in /dev of the META partition of the system disk; absent as long as there is none.
// Partitions of that name on other disks do not count.
std::optional<std::string> FindMeta(const All<block::SystemDisk>& disks,
                                    const All<block::DiscoveredVolume>& volumes);

}  // namespace ichor
