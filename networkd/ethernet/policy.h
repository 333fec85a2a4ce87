// Which settings of ethtool each card shall have.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/network.resources.h"
#include "lib/runtime/rows.h"
#include "networkd/layers.h"
#include "networkd/link/names.h"
#include "networkd/link/policy.h"

namespace ichor::networkd {

// What the config says, by the kernel's name of the link; of two that mean the same link, the
// later. See NotConfiguredYet.
absl::StatusOr<Desired<network::EthernetSpec>> DescribeEthernet(
    const ConfigurationRows& configuration, const Links& links);

}  // namespace ichor::networkd
