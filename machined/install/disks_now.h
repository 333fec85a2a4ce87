// The machine's disks as they are now.
#pragma once

#include <string>

#include "lib/runtime/runtime.h"
#include "lib/sys/sysfs.h"
#include "machined/install/choose_disk.h"

namespace ichor {

// `booted` is the device that the system runs from; empty: it runs from memory. Blocks for small
// reads in memory. Both must outlive the answer.
DisksAtHand DisksNow(Runtime& runtime, sys::Sysfs& sysfs, const std::string& booted);

}  // namespace ichor
