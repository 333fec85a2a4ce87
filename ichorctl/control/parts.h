// The commands of this directory.
#pragma once

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

Command HealthCommand(const SharedNodeFlags& flags);
Command MetaCommand(const SharedNodeFlags& flags);
Command RebootCommand(const SharedNodeFlags& flags);
Command ResetCommand(const SharedNodeFlags& flags);
Command RestartCommand(const SharedNodeFlags& flags);
Command RollbackCommand(const SharedNodeFlags& flags);
Command ShutdownCommand(const SharedNodeFlags& flags);
Command WipeCommand(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
