// The network room: wiring.
#pragma once

#include "lib/runtime/runtime.h"

namespace ichor {

// Registers what reads the machine config for networkd. It waits until MachineConfig is known:
// networkd does nothing before, and goes on with what it has if machined is started anew.
void RegisterNetwork(Runtime& runtime);

}  // namespace ichor
