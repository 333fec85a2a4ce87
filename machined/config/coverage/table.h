// The table of what is acted on: the one place to change when a room for a part of the config
// comes.
#pragma once

#include <span>

#include "machined/config/coverage/coverage.h"

namespace ichor {

// In no order; a longer path wins over a shorter one that it is in.
std::span<const CoverageRule> CoverageRules();

}  // namespace ichor
