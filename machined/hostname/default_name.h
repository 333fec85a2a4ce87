// The name of a machine that nobody named.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

// A wish for a name, by the layer that it comes from.
using HostnameWish = InNamespace<network::HostnameSpec, "network-config">;

// "talos-k3f-9zq": the same for the same machine, whatever its addresses are.
std::string StableHostname(std::string_view machine_id);

// The wish of the lowest layer, from the machine's UUID, or for want of one from the permanent
// address of its first network card. None if it has neither.
absl::StatusOr<Desired<HostnameWish>> WishDefaultHostname(
    const All<hardware::SystemInformation>& systems, const All<network::LinkStatus>& links);

// The wishes of all layers, as they are chosen from.
absl::StatusOr<Desired<network::HostnameSpec>> MergeHostnameWishes(const All<HostnameWish>& wishes);

}  // namespace ichor
