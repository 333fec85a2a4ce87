// The words that start QEMU.
#pragma once

#include <string>
#include <vector>

#include "qemu-tests/machine_spec.h"

namespace ichor::qemu {

// The command for a machine. `accelerator` is QEMU's -accel, `command_line` the kernel's when QEMU
// boots it directly.
std::vector<std::string> QemuCommand(const MachineSpec& spec, const MachineFiles& files,
                                     const std::string& accelerator,
                                     const std::string& command_line);

// The file that a machine's UEFI variables begin with.
std::string UefiVariables(Arch arch);

}  // namespace ichor::qemu
