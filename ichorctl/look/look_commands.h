// Commands that look at nodes and change nothing.
#pragma once

#include <vector>

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

std::vector<Command> LookCommands(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
