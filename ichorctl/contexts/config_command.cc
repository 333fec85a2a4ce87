#include "ichorctl/contexts/config_command.h"

#include "ichorctl/contexts/parts.h"

namespace ichor::ctl {

Command ConfigCommand(const SharedNodeFlags& flags) {
  const SharedClientFlags& client = flags->client;
  return {.name = "config",
          .summary = "Looks at and changes the client's contexts, one for each cluster",
          .description =
              "The file is --talosconfig, $ICHORCONFIG, $TALOSCONFIG, $TALOS_HOME/config or "
              "~/.talos/config, whichever of them comes first.",
          .commands = {AddCommand(client), ContextCommand(client), ContextsCommand(client),
                       EndpointsCommand(client), InfoCommand(client), MergeCommand(client),
                       NewCommand(flags), NodesCommand(client), ProxyCommand(client),
                       RemoveCommand(client)}};
}

}  // namespace ichor::ctl
