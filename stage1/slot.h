// From a slot to a mounted root.
#pragma once

#include <string_view>

#include "lib/early/console.h"
#include "lib/early/modules.h"
#include "stage1/device_mapper.h"
#include "stage1/slot_header.h"

namespace ichor::stage1 {

// Mounts the images of the slot on the device at /root, read-only and through dm-verity. `expected`
// is what the command line says of the header. What fails is said; false then.
bool MountSlot(const char* device, const early::Sha256Digest& expected,
               const early::Modules& modules, const early::Console& console);

}  // namespace ichor::stage1
