// What both forms of the config say about a bond.
#pragma once

#include "config/legacy_network.pb.h"
#include "config/link.pb.h"
#include "talos/resource/definitions/network/network.pb.h"

namespace ichor {

// Words and addresses that are none are left out: the config was validated.
talos::resource::definitions::network::BondMasterSpec ConfiguredBond(
    const config::v1alpha1::BondConfig& bond);
talos::resource::definitions::network::BondMasterSpec ConfiguredBond(
    const config::v1alpha1::LegacyBond& bond);

}  // namespace ichor
