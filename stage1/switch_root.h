// From the initramfs to the node's root.
#pragma once

#include "lib/early/console.h"

namespace ichor::stage1 {

// Makes /root the root, moves the mounts of /dev, /proc, /sys and /system there, and empties the
// initramfs. False, said, if that fails.
bool SwitchRoot(const early::Console& console);

}  // namespace ichor::stage1
