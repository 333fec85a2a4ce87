// The services that every machine runs from the start.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "ichor/service.resources.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// machined itself, networkd, apid, udevd and its cold plug, the dashboard; once the machine goes
// down, only machined. The environment is given to networkd, apid (without proxies, of which none
// is between nodes) and the dashboard; udevd begins before anybody knows it, and nothing may
// disturb it then. While it is not known, they are provisional.
absl::StatusOr<Desired<services::ServiceDefinition>> DefineServices(
    const All<boot::PowerRequest>& power, const All<runtime::KernelCmdline>& command_lines,
    const All<runtime::Environment>& environments);

// Ready when udevd has seen all devices that were there at the start, or took too long.
absl::StatusOr<Desired<runtime::DevicesStatus>> DecideDevicesStatus(
    const All<services::ProcessStatus>& processes);

}  // namespace ichor
