// Commands that bring something from nodes.
#pragma once

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

Command CopyCommand(const SharedNodeFlags& flags);
Command KubeconfigCommand(const SharedNodeFlags& flags);
Command PcapCommand(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
