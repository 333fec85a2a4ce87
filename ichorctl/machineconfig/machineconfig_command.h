// `ichorctl machineconfig` and `ichorctl validate`: configs that are there already.
#pragma once

#include "ichorctl/cli/command.h"

namespace ichor::ctl {

Command MachineConfigCommand();
Command ValidateCommand();

}  // namespace ichor::ctl
