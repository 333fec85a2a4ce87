// The machine's hostname: chosen among wishes, set in the kernel.
#pragma once

#include "lib/runtime/runtime.h"
#include "lib/sys/kernel.h"

namespace ichor {

// Registers what chooses and what applies the hostname. `kernel` must outlive `runtime`.
void RegisterHostname(Runtime& runtime, sys::Kernel& kernel);

}  // namespace ichor
