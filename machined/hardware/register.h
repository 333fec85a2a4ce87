// What the machine is made of: system, processors, memory, PCI devices.
#pragma once

#include "lib/runtime/runtime.h"
#include "lib/sys/sysfs.h"

namespace ichor {

// Registers what reads the hardware, on workers: firmware's tables when META's keys change, PCI
// devices and cores when DevicesStatus does, since drivers are bound by then. `sysfs` must outlive
// `runtime`.
void RegisterHardware(Runtime& runtime, sys::Sysfs& sysfs);

}  // namespace ichor
