// The services that every machine runs from the start.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "ichor/service.resources.h"
#include "lib/runtime/rows.h"

namespace ichor {

// machined itself, networkd, apid, udevd and its cold plug; once the machine goes down, only
// machined.
absl::StatusOr<Desired<services::ServiceDefinition>> DefineServices(
    const All<boot::PowerRequest>& power);

}  // namespace ichor
