// Numbers as they lie on disks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ichor::disk {

// The number of `size` bytes at `at`, which must lie in `bytes`.
std::uint64_t GetLittle(std::string_view bytes, std::size_t at, std::size_t size);

// Writes it there.
void PutLittle(std::uint64_t value, std::size_t at, std::size_t size, std::string& bytes);

}  // namespace ichor::disk
