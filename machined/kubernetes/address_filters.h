// Which addresses of the node are Kubernetes' own.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

// Of a node of Kubernetes: "no-k8s", all but the networks of pods and services, and "only-k8s",
// these alone. A network that is none is left out. Never fails.
absl::StatusOr<Desired<network::NodeAddressFilter>> DeriveAddressFilters(
    const All<config::MachineConfig>& configs);

}  // namespace ichor
