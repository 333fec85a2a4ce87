// How apid ends.
#pragma once

#include <cstddef>
#include <functional>

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"

namespace ichor::apid {

// Stops `loop` once there are no calls any more, or half a second has passed: the answer to the
// call that makes apid end, by a config or a reboot, is on its way then. `calls` says how many
// there are. All must outlive the loop's last turn.
void StopAfterCalls(Loop& loop, const base::Clock& clock, std::function<std::size_t()> calls);

}  // namespace ichor::apid
