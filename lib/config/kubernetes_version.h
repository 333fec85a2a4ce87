// The Kubernetes that configs ask for unless somebody says otherwise.
#pragma once

#include <string_view>

namespace ichor::config {

inline constexpr std::string_view kDefaultKubernetesVersion = "v1.36.0";

}  // namespace ichor::config
