#include "machined/init/memory_reserve.h"

#include <algorithm>

namespace ichor::init {
namespace {

constexpr std::uint64_t kShare = 100;  // of the memory: 1 %
constexpr std::uint64_t kLeast = 128;
constexpr std::uint64_t kMost = 262144;

// The whole part of the square root, for what is less than 2^40.
std::uint64_t Root(std::uint64_t value) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 20; bit != 0; bit >>= 1) {
    const std::uint64_t next = root + bit;
    if (next * next <= value) root = next;
  }
  return root;
}

}  // namespace

std::optional<std::uint64_t> SmallerReserve(std::uint64_t total, std::uint64_t reserve) {
  if (reserve <= total / kShare) return std::nullopt;
  const std::uint64_t wanted = std::clamp(Root(16 * total), kLeast, kMost);
  if (wanted >= reserve) return std::nullopt;
  return wanted;
}

}  // namespace ichor::init
