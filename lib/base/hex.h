// Bytes as people compare them.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace ichor::base {

// Two lower-case digits for each byte: "00ff".
std::string Hex(std::span<const std::byte> bytes);

}  // namespace ichor::base
