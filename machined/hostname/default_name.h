// The name of a machine that nobody named.
#pragma once

#include <string>
#include <string_view>

#include "lib/runtime/rows.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

// "talos-k3f-9zq": the same for the same id of a node or machine, whatever its addresses are.
std::string StableHostname(std::string_view id);

// What tells this machine from others: its UUID, or for want of one the permanent address of its
// first network card; empty if it has neither.
std::string MachineId(const All<hardware::SystemInformation>& systems,
                      const All<network::LinkStatus>& links);

// "talos-10-0-0-5", after the node's default address; empty while it has none.
std::string AddressHostname(const All<network::NodeAddress>& addresses);

}  // namespace ichor
