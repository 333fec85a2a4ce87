// The real clocks, for init: it has no base::Clock.
#pragma once

#include "machined/init/protocol.h"
#include "machined/init/restarts.h"

namespace ichor::init {

// Both clocks now.
Time TimeNow();
// CLOCK_BOOTTIME now.
Nanoseconds Now();

}  // namespace ichor::init
