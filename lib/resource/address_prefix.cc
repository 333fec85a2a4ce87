#include "lib/resource/address_prefix.h"

#include <cstddef>
#include <cstdint>

namespace ichor {

bool IsIn(std::string_view ip, const common::NetIPPrefix& prefix) {
  constexpr std::int32_t kBits = 8;
  if (ip.empty() || ip.size() != prefix.ip().size()) {
    return false;
  }
  for (std::int32_t bit = 0; bit < prefix.prefix_length(); ++bit) {
    const auto byte = static_cast<std::size_t>(bit / kBits);
    const int mask = 1 << (kBits - 1 - bit % kBits);
    if (byte >= ip.size() || ((ip[byte] ^ prefix.ip()[byte]) & mask) != 0) {
      return false;
    }
  }
  return true;
}

}  // namespace ichor
