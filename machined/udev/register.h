// Rules of udev from the config.
#pragma once

#include <string>

#include "lib/runtime/runtime.h"
#include "lib/sys/volume/programs.h"

namespace ichor {

// Once udevd has seen all devices, the rules are in a file in `directory`, where it looks for some;
// when they change it reads them, and applies them to the devices that are there. `programs` must
// outlive the process's workers.
void RegisterUdev(Runtime& runtime, sys::Programs& programs, std::string directory);

}  // namespace ichor
