// What a child of init does between clone and exec.
#pragma once

#include "machined/init/spawn.h"

namespace ichor::init {

// Makes the calling process what `launch` says and runs the program. If a stage fails, writes a
// Failure to `status_fd` and ends with 127. Async-signal-safe calls only.
[[noreturn]] void BecomeProgram(const Launch& launch, int status_fd);

}  // namespace ichor::init
