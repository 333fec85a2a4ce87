// What the kernel's command line says about the machine.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// The platform of `talos.platform`, metal if it is not there, and what it says of the machine. On
// metal the hostname is that of `talos.hostname` and the instance the system's UUID, unless META
// says otherwise. Without a command line there is no row. Never fails.
absl::StatusOr<Desired<runtime::PlatformMetadata>> DescribePlatform(
    const All<runtime::KernelCmdline>& command_lines,
    const All<hardware::SystemInformation>& systems, const All<network::PlatformConfig>& configs);

// Row `platform` if `talos.platform` names one that this system does not know. Never fails.
absl::StatusOr<Desired<runtime::Diagnostic>> DiagnosePlatform(
    const All<runtime::KernelCmdline>& command_lines);

}  // namespace ichor
