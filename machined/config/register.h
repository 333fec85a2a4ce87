// The config room: wiring.
#pragma once

#include "lib/runtime/runtime.h"
#include "lib/sys/block_devices.h"
#include "machined/config/node_config.h"

namespace ichor {

// Tells `node` which disk the system is on. With `devices` the machine was booted from memory, and
// once all disks are known they are searched for a system; without, SystemDisk says it. Both must
// outlive the runtime's controllers.
void RegisterConfig(Runtime& runtime, Loop& loop, NodeConfig& node, sys::BlockDevices* devices);

}  // namespace ichor
