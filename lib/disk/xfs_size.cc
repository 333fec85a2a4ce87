#include "lib/disk/xfs_size.h"

#include <limits>

namespace ichor::disk {
namespace {

constexpr std::string_view kMagic = "XFSB";
constexpr std::size_t kBlockSize = 4;  // offsets in the superblock
constexpr std::size_t kBlocks = 8;

// `size` bytes at `at`, the most significant first, as XFS has all its numbers.
std::uint64_t BigEndian(std::string_view bytes, std::size_t at, std::size_t size) {
  constexpr unsigned kBits = 8;
  std::uint64_t value = 0;
  for (const char byte : bytes.substr(at, size)) {
    value = value << kBits | static_cast<unsigned char>(byte);
  }
  return value;
}

}  // namespace

std::optional<std::uint64_t> XfsBytes(std::string_view bytes) {
  if (bytes.size() < kXfsSuperblockBytes || !bytes.starts_with(kMagic)) {
    return std::nullopt;
  }
  const std::uint64_t block = BigEndian(bytes, kBlockSize, 4);
  const std::uint64_t blocks = BigEndian(bytes, kBlocks, 8);
  if (block == 0 || blocks > std::numeric_limits<std::uint64_t>::max() / block) {
    return std::nullopt;
  }
  return block * blocks;
}

}  // namespace ichor::disk
