// Devices of the documents about links and DHCP.
#pragma once

#include <vector>

#include "ichor/network.pb.h"
#include "lib/config/config.h"
#include "talos/resource/definitions/network/network.pb.h"

namespace ichor {

// One device per document, in no particular order. What cannot be read as an address or a route was
// refused when the config was, and is left out.
std::vector<definitions::NetworkDevice> DocumentDevices(const config::Config& config);

// The routes of documents that drop packets.
std::vector<talos::resource::definitions::network::RouteSpecSpec> DocumentBlackholes(
    const config::Config& config);

// What documents set of network cards.
std::vector<definitions::EthernetSettings> DocumentEthernet(const config::Config& config);

// Whether any document is about a link or about DHCP: then links of which nothing is said stay as
// they are.
bool HasLinkDocuments(const config::Config& config);

}  // namespace ichor
