// The machine config as networkd needs it.
#pragma once

#include <tuple>

#include "absl/status/statusor.h"
#include "ichor/network.resources.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

using NetworkDescription =
    std::tuple<Desired<network::NetworkConfiguration>, Desired<network::StaticHost>>;

// The row "machine-config", whether a config is in force or none: without one, every card asks for
// a lease and the node has its own resolver. And a row per name of the config's static hosts.
absl::StatusOr<NetworkDescription> DescribeNetwork(const All<config::MachineConfig>& configs);

}  // namespace ichor
