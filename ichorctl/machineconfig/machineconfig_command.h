// `ichorctl machineconfig`, `validate` and `explain`: configs that are there already, and what may
// stand in one.
#pragma once

#include "ichorctl/cli/command.h"

namespace ichor::ctl {

Command MachineConfigCommand();
Command ValidateCommand();
Command ExplainCommand();

// `ichorctl docs config` and `docs schema`.
Command ReferenceCommand();
Command SchemaCommand();

}  // namespace ichor::ctl
