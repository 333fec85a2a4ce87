// The boot room: wiring.
#pragma once

#include "lib/runtime/runtime.h"

namespace ichor {

// Registers which services run and what is said of the machine as a whole. PowerRequest comes from
// PowerControl.
void RegisterBoot(Runtime& runtime);

}  // namespace ichor
