// The actuator of processes.
#pragma once

#include "absl/status/status.h"
#include "machined/services/plan.h"
#include "machined/services/process_host.h"

namespace ichor {

// Asks `init`, and `containers` for what is in a container, for the difference. The first refusal
// is returned; the others are asked all the same.
absl::Status ApplyProcesses(const All<services::ProcessSpec>& desired,
                            const All<services::ProcessStatus>& observed, ProcessHost& init,
                            ProcessHost& containers);

}  // namespace ichor
