// The generated files of /etc, as text.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

// hosts(5): this machine by its names, the names that every machine has for itself, and those of
// the config, sorted by address.
absl::StatusOr<Desired<files::EtcFileSpec>> RenderHosts(
    const All<network::HostnameStatus>& hostnames, const All<network::NodeAddress>& addresses,
    const All<network::StaticHost>& hosts);

// resolv.conf(5): the node's own resolver if it is on, else at most the three name servers that the
// file may have.
absl::StatusOr<Desired<files::EtcFileSpec>> RenderResolvConf(
    const All<network::ResolverStatus>& resolvers, const All<network::HostDNSConfig>& host_dns);

// Those of EtcFileConfig documents. Never fails.
absl::StatusOr<Desired<files::EtcFileSpec>> RenderEtcFileConfigs(
    const All<config::MachineConfig>& configs);

}  // namespace ichor
