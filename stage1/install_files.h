// What RAM media carry to install from: docs/boot.md, "The initramfs".
#pragma once

#include "lib/early/console.h"

namespace ichor::stage1 {

// The directory of the initramfs that switching roots leaves in memory.
inline constexpr const char* kInstallName = "install";

// Makes the files that an install needs readable for those after stage 1, at /system/run/install:
// the directory /install of the initramfs, with the slot and the microcode in it. Does nothing
// where the initramfs has none. What fails is said: the node runs on, and installs nothing.
void KeepInstallFiles(const early::Console& console);

}  // namespace ichor::stage1
