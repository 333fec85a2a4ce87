#include "machined/init/cgroup_values.h"

#include <algorithm>
#include <array>

namespace ichor::init {
namespace {

constexpr std::array kStart = {
    CgroupValues{
        .path = "init", .memory_min = 96, .memory_low = 192, .swap_max = 0, .cpu_millicores = 2000},
    CgroupValues{.path = "system", .memory_min = 96, .memory_low = 192, .cpu_millicores = 1500},
    CgroupValues{.path = "system/runtime",
                 .memory_min = 48,
                 .memory_low = 96,
                 .swap_max = 0,
                 .cpu_millicores = 500},
    CgroupValues{.path = "system/apid",
                 .memory_min = 16,
                 .memory_low = 32,
                 .memory_max = 128,
                 .swap_max = 0,
                 .cpu_millicores = 500},
    // Not among the facts: there the network is a part of machined.
    CgroupValues{.path = "system/networkd",
                 .memory_min = 16,
                 .memory_low = 32,
                 .memory_max = 128,
                 .swap_max = 0,
                 .cpu_millicores = 500},
    CgroupValues{.path = "system/trustd",
                 .memory_min = 8,
                 .memory_low = 16,
                 .memory_max = 128,
                 .swap_max = 0,
                 .cpu_millicores = 250},
    CgroupValues{.path = "system/udevd",
                 .memory_min = 8,
                 .memory_low = 16,
                 .swap_max = 0,
                 .cpu_millicores = 250},
    CgroupValues{.path = "system/dashboard", .memory_max = 128, .cpu_millicores = 200},
    CgroupValues{
        .path = "podruntime", .memory_min = 340, .memory_low = 936, .cpu_millicores = 4000},
    CgroupValues{.path = "podruntime/runtime",
                 .memory_min = 196,
                 .memory_low = 392,
                 .swap_max = 0,
                 .cpu_millicores = 1000},
    CgroupValues{.path = "podruntime/shim",
                 .memory_min = 48,
                 .memory_low = 96,
                 .swap_max = 0,
                 .cpu_millicores = 500},
    CgroupValues{.path = "podruntime/kubelet",
                 .memory_min = 96,
                 .memory_low = 192,
                 .swap_max = 0,
                 .cpu_millicores = 1000},
    CgroupValues{
        .path = "podruntime/etcd", .memory_low = 256, .swap_max = 0, .cpu_millicores = 2000},
};

}  // namespace

std::span<const CgroupValues> StartCgroups() {
  return kStart;
}

std::uint32_t CpuWeight(std::uint32_t millicores, std::uint32_t processors) {
  const std::uint64_t capped =
      std::min<std::uint64_t>(millicores, std::uint64_t{processors} * 1000);
  const std::uint64_t shares = std::clamp<std::uint64_t>(capped * 1024 / 1000, 2, 262144);
  return static_cast<std::uint32_t>(1 + ((shares - 2) * 9999 / 262142));
}

}  // namespace ichor::init
