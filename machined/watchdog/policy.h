// What the config says of the hardware watchdog.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// Row `timer` if there is a WatchdogTimerConfig. Never fails.
absl::StatusOr<Desired<runtime::WatchdogTimerConfig>> WantWatchdog(
    const All<config::MachineConfig>& configs);

}  // namespace ichor
