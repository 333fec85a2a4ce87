// The services room: wiring.
#pragma once

#include "lib/runtime/runtime.h"
#include "machined/services/process_host.h"

namespace ichor {

// Registers what decides about services and what asks `init` for processes, and `containers` for
// those in containers. Both must outlive `runtime`. ProcessStatus and ServiceHealth come from
// sources: ProcessTable and HealthChecker.
void RegisterServices(Runtime& runtime, ProcessHost& init, ProcessHost& containers);

}  // namespace ichor
