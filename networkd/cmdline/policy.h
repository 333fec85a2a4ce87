// The kernel's command line as wishes of layer cmdline.
#pragma once

#include <tuple>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "networkd/layers.h"
#include "networkd/link/names.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::networkd {

using CmdlineWishes =
    std::tuple<Desired<Wished<network::AddressSpec>>, Desired<Wished<network::LinkSpec>>,
               Desired<Wished<network::RouteSpec>>, Desired<Wished<network::ResolverSpec>>,
               Desired<Wished<network::TimeServerSpec>>, Desired<Wished<network::HostnameSpec>>,
               Desired<Wished<network::OperatorSpec>>>;

// Ids: "cmdline/<id>". An ip= without a device means the first link by name that is no loopback; it
// waits until there is one.
absl::StatusOr<CmdlineWishes> CmdlineNetwork(const All<runtime::KernelCmdline>& cmdline,
                                             const All<network::LinkStatus>& links);

}  // namespace ichor::networkd
