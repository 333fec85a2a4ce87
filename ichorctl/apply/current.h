// The config that a node has.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "ichorctl/nodes/nodes.h"

namespace ichor::ctl {

// How messages call it: "MachineConfigs.config.talos.dev/v1alpha1".
inline constexpr std::string_view kMachineConfigName = "MachineConfigs.config.talos.dev/v1alpha1";

// Its text, byte for byte. Errors as Nodes::CallOne. Blocks; runs the session's loop.
absl::StatusOr<std::string> CurrentConfig(Nodes& nodes, const std::string& node);

}  // namespace ichor::ctl
