// Versions of Kubernetes: the one that configs ask for unless somebody says otherwise, and those
// that nodes of this version run.
#pragma once

#include <cstdint>
#include <string_view>

namespace ichor::config {

inline constexpr std::string_view kDefaultKubernetesVersion = "v1.36.0";

// Minor versions of 1.x.
inline constexpr std::uint32_t kOldestKubernetesMinor = 32;
inline constexpr std::uint32_t kNewestKubernetesMinor = 37;

}  // namespace ichor::config
