// `ichorctl get`: resources of nodes.
#pragma once

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

Command GetCommand(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
