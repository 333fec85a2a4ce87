// What a serial console tells of a boot.
#pragma once

#include <string_view>

namespace ichor::qemu {

// Whether a kernel has begun and no program yet.
bool IsBeforeInit(std::string_view console);

}  // namespace ichor::qemu
