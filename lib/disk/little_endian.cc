#include "lib/disk/little_endian.h"

namespace ichor::disk {

void PutLittle(std::uint64_t value, std::size_t at, std::size_t size, std::string& bytes) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes[at + i] = static_cast<char>(value >> (8 * i));
  }
}

}  // namespace ichor::disk
