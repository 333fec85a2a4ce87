// The platform's part of the network: wishes of layer platform.
#pragma once

#include <tuple>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "networkd/layers.h"
#include "networkd/link/names.h"

namespace ichor::networkd {

using PlatformConfigs = All<network::PlatformConfig>;
using PlatformWishes =
    std::tuple<Desired<Wished<network::LinkSpec>>, Desired<Wished<network::AddressSpec>>,
               Desired<Wished<network::RouteSpec>>, Desired<Wished<network::OperatorSpec>>,
               Desired<Wished<network::ResolverSpec>>, Desired<Wished<network::TimeServerSpec>>>;

// Ids: "platform/<id>", of the active row, or of the cached one where there is no active one. Links
// are called as the kernel does. Hostnames are machined's. Unavailable while there is no row:
// machined has not looked yet, or was started anew, and all stays as it is.
absl::StatusOr<PlatformWishes> WishPlatform(const PlatformConfigs& configs, const Links& links);

}  // namespace ichor::networkd
