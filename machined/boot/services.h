// The services that every machine runs from the start.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "ichor/service.resources.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// machined itself, networkd, apid, udevd and its cold plug; once the machine goes down, only
// machined.
absl::StatusOr<Desired<services::ServiceDefinition>> DefineServices(
    const All<boot::PowerRequest>& power, const All<runtime::KernelCmdline>& command_lines);

// Ready when udevd has seen all devices that were there at the start, or took too long.
absl::StatusOr<Desired<runtime::DevicesStatus>> DecideDevicesStatus(
    const All<services::ProcessStatus>& processes);

}  // namespace ichor
