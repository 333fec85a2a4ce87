// The kernel, how it was started, and on which platform.
#pragma once

#include <string>

#include "lib/runtime/runtime.h"
#include "lib/sys/sysfs.h"

namespace ichor {

// What Version says.
struct SystemVersion {
  std::string name;
  std::string tag;  // as in v1.14.0-ichor.0.1.0
};

// Publishes command line, boot id and version, and registers what reads the rest, on workers; the
// modules are ModuleLists'. Blocks for two small reads in memory. `sysfs` must outlive `runtime`.
void RegisterKernel(Runtime& runtime, sys::Sysfs& sysfs, const SystemVersion& version);

}  // namespace ichor
