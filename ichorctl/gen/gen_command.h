// `ichorctl gen`: secrets, configs, keys, certificates, made on the workstation.
#pragma once

#include "ichorctl/cli/command.h"

namespace ichor::ctl {

Command GenCommand();

}  // namespace ichor::ctl
