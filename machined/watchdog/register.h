// The hardware watchdog, which init feeds.
#pragma once

#include "lib/runtime/runtime.h"
#include "machined/services/init_channel.h"

namespace ichor {

// Registers what asks init for the watchdog of the config. `init` must outlive the process's
// workers.
void RegisterWatchdog(Runtime& runtime, InitChannel& init);

// States what init has told: the row WatchdogTimerStatus `timer` while a watchdog is armed. A wish
// that init could not fulfil is logged.
void StateWatchdog(Runtime& runtime, const WatchdogState& state);

}  // namespace ichor
