// Loop devices: linux/loop.h.
#pragma once

#include "stage1/device_mapper.h"

namespace ichor::stage1 {

// A read-only device over a file, for as long as somebody uses it; empty, with errno, if the kernel
// refuses. The descriptor `keep` must stay open until then.
DevicePath AttachLoop(const char* file, early::Fd& keep);

}  // namespace ichor::stage1
