// What init sets up before machined: mounts, directories, kernel settings, its own limits.
#pragma once

#include "lib/early/console.h"

namespace ichor::init {

// Mounts what is not there yet and makes the directories of /system and /run. What fails is said
// and skipped.
void MountLate(const early::Console& console);

// Sets the kernel parameters that hold on every node: hardening and defaults. A parameter that the
// kernel lacks is skipped.
void SetKernelParameters(const early::Console& console);

// Sets how much memory the kernel keeps free for itself: memory_reserve.h.
void SetMemoryReserve(const early::Console& console);

// The limits that every process inherits, and init locked in memory.
void SetOwnLimits(const early::Console& console);

}  // namespace ichor::init
