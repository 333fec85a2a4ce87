// The machine's disks: what they are, what is on them, which one is the system's.
#pragma once

#include <memory>

#include "lib/sys/sysfs.h"
#include "machined/block/boot_facts.h"
#include "machined/block/context.h"
#include "machined/block/discovery.h"

namespace ichor {

// Reads what stage 1 left in /system/run/boot. Blocks for two small reads in memory.
BootFacts ReadBootFacts(sys::Sysfs& sysfs);

// Registers sources and reconcilers of this area. The caller keeps the answer as long as the
// runtime runs, and calls its Start once all is registered. DiscoveredVolumesStatus becomes ready
// only after somebody has published a ready DevicesStatus. Where the facts name no system disk,
// somebody else has to say whether there is one: SystemDisk is not published here then.
std::unique_ptr<Discovery> RegisterBlock(const BlockContext& context, const BootFacts& facts);

}  // namespace ichor
