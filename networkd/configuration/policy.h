// The machine config's part of the network: wishes of layer configuration.
#pragma once

#include <tuple>

#include "absl/status/statusor.h"
#include "networkd/layers.h"
#include "networkd/link/names.h"
#include "networkd/link/policy.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::networkd {

using ConfiguredWishes =
    std::tuple<Desired<Wished<network::LinkSpec>>, Desired<Wished<network::AddressSpec>>,
               Desired<Wished<network::RouteSpec>>, Desired<Wished<network::OperatorSpec>>,
               Desired<Wished<network::ResolverSpec>>, Desired<Wished<network::TimeServerSpec>>>;

// Ids: "configuration/<id>". Links are called as the kernel does; what is said twice of one link is
// put together, the later winning. Unavailable while the row is not there: machined has not read
// its config yet, or was started anew, and all stays as it is.
absl::StatusOr<ConfiguredWishes> WishConfiguration(const ConfigurationRows& configuration,
                                                   const Links& links);

// A row "link-name-guessed" while a name of the config means the only network card, whose name it
// is not. See ResolveLink. Unavailable as WishConfiguration.
absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseLinkNames(
    const ConfigurationRows& configuration, const Links& links);

}  // namespace ichor::networkd
