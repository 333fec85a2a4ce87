// The hostname that the platform gives the machine.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"
#include "machined/hostname/wishes.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// "platform/hostname", if the platform's description of the network has a name for the machine (the
// first counts), or else its metadata; split at the first dot into name and domain. Metal's
// metadata do not count: there the name is one of the kernel's arguments, which networkd reads.
absl::StatusOr<Desired<HostnameWish>> WishPlatformHostname(
    const All<network::PlatformConfig>& configs, const All<runtime::PlatformMetadata>& platforms);

}  // namespace ichor
