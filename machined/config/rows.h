// Resources that tell of the config's places.
#pragma once

#include <vector>

#include "lib/runtime/controller.h"
#include "machined/config/config_storage.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {

Desired<block::VolumeStatus> VolumeStatuses(const std::vector<SystemVolume>& volumes);

// Of those that are mounted.
Desired<block::MountStatus> MountStatuses(const std::vector<SystemVolume>& volumes);

}  // namespace ichor
