// Which of the wished hostnames the machine gets.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

// The highest layer wins (default < cmdline < platform < operator < configuration); equal layers go
// to the lowest id, so arrival order cannot change the answer. No wish gives no row. Never fails.
absl::StatusOr<Desired<network::HostnameStatus>> ChooseHostname(
    const All<network::HostnameSpec>& specs);

}  // namespace ichor
