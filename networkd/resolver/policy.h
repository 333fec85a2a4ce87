// Name servers, search domains and time servers of all layers, and those in use.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/network.resources.h"
#include "lib/runtime/rows.h"
#include "networkd/layers.h"

namespace ichor::networkd {

// Layers from low to high: servers of one layer are put together; those of a higher one replace the
// lower ones of the same address family (the configuration's replace all). Search domains of all
// layers, the highest first, unless the configuration overrides them. Id: resolvers.
absl::StatusOr<Desired<network::ResolverSpec>> MergeResolvers(
    const All<Wished<network::ResolverSpec>>& wishes);
absl::StatusOr<Desired<network::ResolverStatus>> ResolversInUse(
    const All<network::ResolverSpec>& specs);

// The highest layer; time servers of one layer are put together. Id: timeservers.
absl::StatusOr<Desired<network::TimeServerSpec>> MergeTimeServers(
    const All<Wished<network::TimeServerSpec>>& wishes);
absl::StatusOr<Desired<network::TimeServerStatus>> TimeServersInUse(
    const All<network::TimeServerSpec>& specs);

// What is used when nobody says anything, layer default: two public servers, and the own domain as
// search domain unless the config forbids that. See NotConfiguredYet.
absl::StatusOr<Desired<Wished<network::ResolverSpec>>> DefaultResolvers(
    const All<network::HostnameStatus>& hostname,
    const All<network::NetworkConfiguration>& configuration);
Desired<Wished<network::TimeServerSpec>> DefaultTimeServers();

}  // namespace ichor::networkd
