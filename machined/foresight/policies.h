// The policies that follow the config.
#pragma once

#include <vector>

#include "lib/runtime/controller.h"

namespace ichor {

// What reads the config, directly or by what others make of it, and is a pure function: as the
// rooms register it.
std::vector<ReconcilerBody> ConfigPolicies();

}  // namespace ichor
