// The hostname of the running kernel.
#pragma once

#include "absl/status/status.h"
#include "lib/runtime/rows.h"
#include "lib/sys/kernel.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

// Gives the kernel the desired hostname, or "localhost" if there is none. Fails as
// Kernel::SetHostname does. Runs on a worker; does not block.
absl::Status ApplyHostname(const All<network::HostnameStatus>& desired, sys::Kernel& kernel);

}  // namespace ichor
