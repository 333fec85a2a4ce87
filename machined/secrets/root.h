// The CA of the API, as the config has it.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// OSRootSecret "os": machine.ca, acceptedCAs, certSANs and token. None without a config that has
// the machine's section. Never fails.
absl::StatusOr<Desired<secrets::OSRootSecret>> DeriveOsRoot(
    const All<config::MachineConfig>& configs);

// MachineType "machine-type".
absl::StatusOr<Desired<config::MachineType>> DeriveMachineType(
    const All<config::MachineConfig>& configs);

}  // namespace ichor
