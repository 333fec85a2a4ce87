// Names that are wished for, by the layer that they come from.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

using HostnameWish = InNamespace<network::HostnameSpec, "network-config">;

// "default/hostname", while there is something to make it of: the stable name, of the node's
// identity, or of the machine's while the node cannot have one of its own yet; after its
// address for a config of the one-document form that does not ask for the stable one; none if a
// document says "auto: off". And "configuration/hostname", if the config of either form has a name.
absl::StatusOr<Desired<HostnameWish>> WishHostname(const All<config::MachineConfig>& configs,
                                                   const All<cluster::Identity>& identities,
                                                   const All<boot::NodeStage>& stages,
                                                   const All<hardware::SystemInformation>& systems,
                                                   const All<network::LinkStatus>& links,
                                                   const All<network::NodeAddress>& addresses);

// The wishes of all layers, as they are chosen from.
absl::StatusOr<Desired<network::HostnameSpec>> MergeHostnameWishes(const All<HostnameWish>& wishes);

}  // namespace ichor
