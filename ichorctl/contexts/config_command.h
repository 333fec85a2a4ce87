// `ichorctl config`: the client's contexts, one for each cluster.
#pragma once

#include <memory>

#include "ichorctl/cli/command.h"
#include "ichorctl/files/client_config_file.h"
#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

using SharedClientFlags = std::shared_ptr<const ClientFlags>;

// `flags` is for `config new`, which asks a node.
Command ConfigCommand(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
