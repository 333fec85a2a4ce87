// Which addresses are in a network.
#pragma once

#include <string_view>

#include "common/common.pb.h"

namespace ichor {

// Whether an address, of 4 or 16 bytes, begins as the prefix does. One of the other family does
// not, nor does an empty one.
bool IsIn(std::string_view ip, const common::NetIPPrefix& prefix);

}  // namespace ichor
