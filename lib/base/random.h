// Randomness, from the kernel only.
#pragma once

#include <cstddef>
#include <string>

namespace ichor::base {

// `size` bytes, at most 256, that nobody can guess. Blocks until the kernel's generator is ready,
// early at boot. See getrandom(2).
std::string RandomBytes(size_t size);

}  // namespace ichor::base
