// `ichorctl gen`: secrets, configs, keys, certificates, made on the workstation.
#pragma once

#include "ichorctl/cli/command.h"

namespace ichor::ctl {

Command GenCommand();

// `ichorctl machineconfig gen`, which is `gen config` under another name.
Command MachineConfigGenCommand();

}  // namespace ichor::ctl
