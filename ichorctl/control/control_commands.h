// Commands that change what a node does, not what its config says.
#pragma once

#include <vector>

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

std::vector<Command> ControlCommands(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
