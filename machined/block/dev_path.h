// Names of devices.
#pragma once

#include <string>
#include <string_view>

namespace ichor {

// The node in /dev of the block device that the kernel calls `name`: "sda" is /dev/sda, and a !
// stands for a slash, as in "cciss!c0d0".
std::string DevPath(std::string_view name);

}  // namespace ichor
