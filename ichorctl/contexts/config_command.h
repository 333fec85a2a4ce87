// `ichorctl config`: the client's contexts, one for each cluster.
#pragma once

#include <memory>

#include "ichorctl/cli/command.h"
#include "ichorctl/files/client_config_file.h"

namespace ichor::ctl {

using SharedClientFlags = std::shared_ptr<const ClientFlags>;

Command ConfigCommand(const SharedClientFlags& client);

}  // namespace ichor::ctl
