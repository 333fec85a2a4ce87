// QEMU's machine protocol: what is done to a machine from outside.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace ichor::qemu {

// Connects to QEMU's monitor, which is there soon after QEMU started, takes the cable out of the
// NIC `device`, and waits until QEMU has done it. `machine` becomes readable when QEMU has ended.
absl::Status UnplugNic(const std::string& path, int machine, const std::string& device);

// The same for the machine's reset button.
absl::Status Reset(const std::string& path, int machine);

}  // namespace ichor::qemu
