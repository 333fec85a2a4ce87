// Numbers onto disks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ichor::disk {

// Writes `value` as `size` bytes at `at`, which must lie in `bytes`. The way back is
// early::LittleEndian.
void PutLittle(std::uint64_t value, std::size_t at, std::size_t size, std::string& bytes);

}  // namespace ichor::disk
