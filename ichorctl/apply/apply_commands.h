// Commands that change the configs of nodes.
#pragma once

#include <vector>

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

std::vector<Command> ApplyCommands(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
