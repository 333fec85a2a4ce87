#include "lib/disk/little_endian.h"

namespace ichor::disk {

std::uint64_t GetLittle(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) {
    value = value << 8U | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return value;
}

void PutLittle(std::uint64_t value, std::size_t at, std::size_t size, std::string& bytes) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes[at + i] = static_cast<char>(value >> (8 * i));
  }
}

}  // namespace ichor::disk
