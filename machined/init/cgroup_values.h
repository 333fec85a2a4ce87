// The cgroups that exist from the start, and what they are promised: facts/boot.md 7.
#pragma once

#include <cstdint>
#include <span>

namespace ichor::init {

// Amounts in MiB; kUnset leaves the kernel's default.
inline constexpr std::int32_t kUnset = -1;

struct CgroupValues {
  const char* path;  // below the cgroup root
  std::int32_t memory_min = kUnset;
  std::int32_t memory_low = kUnset;
  std::int32_t memory_max = kUnset;
  std::int32_t swap_max = kUnset;
  std::uint32_t cpu_millicores = 0;  // requested; 0 leaves the default weight
};

// All of them, a parent before its children.
std::span<const CgroupValues> StartCgroups();

// cpu.weight for a request on a machine of so many processors: the request, at most the machine, as
// CPU shares (1,024 a core, at least 2), mapped from [2, 262144] to [1, 10000].
std::uint32_t CpuWeight(std::uint32_t millicores, std::uint32_t processors);

}  // namespace ichor::init
