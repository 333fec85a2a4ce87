// What both forms of the config say about a tunnel of WireGuard.
#pragma once

#include "config/legacy_network.pb.h"
#include "config/link.pb.h"
#include "talos/resource/definitions/network/network.pb.h"

namespace ichor {

// Networks that are none are left out: the config was validated.
talos::resource::definitions::network::WireguardSpec ConfiguredWireguard(
    const config::v1alpha1::WireguardConfig& tunnel);
talos::resource::definitions::network::WireguardSpec ConfiguredWireguard(
    const config::v1alpha1::LegacyInterface::Wireguard& tunnel);

}  // namespace ichor
