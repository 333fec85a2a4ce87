#include "lib/base/hex.h"

#include <format>

namespace ichor::base {

std::string Hex(std::span<const std::byte> bytes) {
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) {
    hex += std::format("{:02x}", std::to_integer<unsigned>(byte));
  }
  return hex;
}

}  // namespace ichor::base
