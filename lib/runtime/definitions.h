// The state's description of itself: clients find types, aliases and columns there.
#pragma once

#include "lib/runtime/store.h"

namespace ichor {

// Puts a ResourceDefinition for every type that this process knows and a Namespace for every
// namespace into `store`, owned by "runtime". Called once, before anybody else writes.
void PublishDefinitions(Store& store);

}  // namespace ichor
