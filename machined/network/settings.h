// What the config says about names and time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ichor/network.pb.h"
#include "lib/config/config.h"

namespace ichor {

// Resolvers, search domains, time servers, time synchronisation and the node's own resolver, from
// either form; a document counts, where there is one.
void AddResolvers(const config::Config& config, definitions::NetworkConfigurationSpec& spec);
void AddTime(const config::Config& config, definitions::NetworkConfigurationSpec& spec);
void AddHostDns(const config::Config& config, definitions::NetworkConfigurationSpec& spec);

// Names and their addresses, of both forms together; names in lower case. Addresses in the order of
// their text.
using HostAddresses = std::map<std::string, std::vector<common::NetIP>>;
HostAddresses ConfiguredHosts(const config::Config& config);

}  // namespace ichor
