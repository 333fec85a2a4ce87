// The hostname that the platform gives the machine.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"
#include "machined/hostname/wishes.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// "platform/hostname", if the platform has a name for it; split at the first dot into name and
// domain. Not on metal, where the name is one of the kernel's arguments, which networkd reads.
absl::StatusOr<Desired<HostnameWish>> WishPlatformHostname(
    const All<runtime::PlatformMetadata>& platforms);

}  // namespace ichor
