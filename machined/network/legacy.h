// Devices of the one-document form: machine.network.interfaces.
#pragma once

#include <vector>

#include "config/legacy_network.pb.h"
#include "ichor/network.pb.h"

namespace ichor {

// In the order of the config; the VLANs of an interface follow it. What cannot be read as an
// address or a route was refused when the config was, and is left out.
std::vector<definitions::NetworkDevice> LegacyDevices(
    const config::v1alpha1::LegacyNetwork& network);

}  // namespace ichor
