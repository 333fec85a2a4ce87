// Configs of a cluster's machines.
#pragma once

#include "ichorctl/generate/input.h"
#include "lib/pki/secret.h"

namespace ichor::ctl {

// The config of a machine of `type`, as its contract has it. Its secrets must be complete. Pure.
pki::Secret GenerateConfig(const Input& input, MachineType type);

}  // namespace ichor::ctl
