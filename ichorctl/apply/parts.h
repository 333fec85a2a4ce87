// The commands of this directory.
#pragma once

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

Command ApplyConfigCommand(const SharedNodeFlags& flags);
Command ConfirmCommand(const SharedNodeFlags& flags);
Command EditCommand(const SharedNodeFlags& flags);
Command PatchNodeCommand(const SharedNodeFlags& flags);
Command PlanCommand(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
