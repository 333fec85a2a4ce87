// Sets what ethtool sets, and says how the cards are.
#pragma once

#include "lib/runtime/rows.h"
#include "lib/sys/ethernet.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

// What of `desired` a card does not have.
sys::EthernetChange PlanEthernet(const network::EthernetSpec::Spec& desired,
                                 const sys::EthernetState& state);

network::EthernetStatus::Spec ToStatus(const sys::EthernetState& state);

// One row for each network card, and for each other link that settings are wished for, as it is
// afterwards. A card that refuses its settings fails; one that is not there is waited for. Runs on
// a worker; blocks for some round trips.
Report<network::EthernetStatus> ApplyEthernet(const All<network::EthernetSpec>& desired,
                                              const All<network::LinkStatus>& links,
                                              sys::Ethernet& ethernet);

}  // namespace ichor::networkd
