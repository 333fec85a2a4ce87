// The machine's hostname: chosen among wishes, set in the kernel.
#pragma once

#include "lib/runtime/runtime.h"
#include "lib/sys/kernel.h"

namespace ichor {

// Registers what chooses and what applies the hostname. `kernel` must outlive `runtime`.
void RegisterHostname(Runtime& runtime, sys::Kernel& kernel);

// Registers where wishes come from: the default of this machine, and those of other processes in
// the namespace network-config. Not part of the example above, which starts at the wishes.
void RegisterHostnameWishes(Runtime& runtime);

}  // namespace ichor
