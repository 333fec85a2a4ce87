// The commands below `config`.
#pragma once

#include "ichorctl/contexts/config_command.h"

namespace ichor::ctl {

Command AddCommand(const SharedClientFlags& client);
Command ContextCommand(const SharedClientFlags& client);
Command ContextsCommand(const SharedClientFlags& client);
Command EndpointsCommand(const SharedClientFlags& client);
Command InfoCommand(const SharedClientFlags& client);
Command MergeCommand(const SharedClientFlags& client);
Command NewCommand(const SharedNodeFlags& flags);
Command NodesCommand(const SharedClientFlags& client);
Command ProxyCommand(const SharedClientFlags& client);
Command RemoveCommand(const SharedClientFlags& client);

}  // namespace ichor::ctl
