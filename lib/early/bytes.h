// Numbers out of bytes that others wrote.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ichor::early {

// The little-endian number at `offset`; 0 if the bytes end before it does.
template <std::unsigned_integral T>
T LittleEndian(std::span<const std::byte> bytes, std::size_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return 0;
  T out = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out = static_cast<T>(
        out | static_cast<T>(static_cast<T>(std::to_integer<std::uint8_t>(bytes[offset + i]))
                             << (8 * i)));
  }
  return out;
}

}  // namespace ichor::early
