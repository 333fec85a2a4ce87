// The request to end, as a descriptor.
#pragma once

#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"

namespace ichor::sys {

// A descriptor that is readable from when the process was sent SIGTERM, which no longer ends it.
// Call it before there are other threads. See signalfd(2).
absl::StatusOr<base::UniqueFd> TerminationRequests();

}  // namespace ichor::sys
