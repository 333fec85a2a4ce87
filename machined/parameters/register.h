// The kernel's parameters: defaults, and what the config says of them.
#pragma once

#include <string>

#include "lib/runtime/runtime.h"
#include "lib/sys/kernel_values.h"

namespace ichor {

// `values` must outlive the process's workers. `memory` is a file that a boot does not outlive.
void RegisterParameters(Runtime& runtime, sys::KernelValues& values, std::string memory);

}  // namespace ichor
