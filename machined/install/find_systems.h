// Which disks hold a system of ours that a config was accepted on.
#pragma once

#include <string>
#include <vector>

#include "lib/sys/block_devices.h"

namespace ichor {

// Those of `disks` ("/dev/sda") whose table has the mark of acceptance, in their order. A disk that
// cannot be read is said in the log, and is none. Blocks.
std::vector<std::string> FindAcceptedSystems(sys::BlockDevices& devices,
                                             const std::vector<std::string>& disks);

}  // namespace ichor
