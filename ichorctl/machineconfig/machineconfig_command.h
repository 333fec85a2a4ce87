// `ichorctl machineconfig`: configs that are there already.
#pragma once

#include "ichorctl/cli/command.h"

namespace ichor::ctl {

Command MachineConfigCommand();

}  // namespace ichor::ctl
