// Networks that lie in each other.
#pragma once

#include "common/common.pb.h"

namespace ichor::config {

// Whether all addresses of `inner` are ones of `outer`.
bool Holds(const common::NetIPPrefix& outer, const common::NetIPPrefix& inner);

// Whether some address is one of both.
bool Overlap(const common::NetIPPrefix& one, const common::NetIPPrefix& other);

}  // namespace ichor::config
