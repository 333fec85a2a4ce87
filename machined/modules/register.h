// Kernel modules that the config wants.
#pragma once

#include "lib/runtime/runtime.h"
#include "lib/sys/volume/programs.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// Loads the modules with modprobe, which does nothing for one that is loaded. One that cannot be
// loaded does not stop the others; the error is that of the first. None is ever unloaded. Blocks.
absl::Status LoadModules(const All<runtime::KernelModuleSpec>& wishes, sys::Programs& programs);

// `programs` must outlive the process's workers.
void RegisterModules(Runtime& runtime, sys::Programs& programs);

}  // namespace ichor
