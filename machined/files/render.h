// The generated files of /etc, as text.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

// hosts(5): this machine by its names, and the names that every machine has for itself.
absl::StatusOr<Desired<files::EtcFileSpec>> RenderHosts(
    const All<network::HostnameStatus>& hostnames, const All<network::NodeAddress>& addresses);

// resolv.conf(5): at most the three name servers that it may have.
absl::StatusOr<Desired<files::EtcFileSpec>> RenderResolvConf(
    const All<network::ResolverStatus>& resolvers);

}  // namespace ichor
