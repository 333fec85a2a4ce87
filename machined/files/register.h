// The files room: wiring.
#pragma once

#include <string>

#include "lib/runtime/runtime.h"

namespace ichor {

// Registers what renders the files of /etc and what writes them below `directory`.
void RegisterFiles(Runtime& runtime, std::string directory);

}  // namespace ichor
