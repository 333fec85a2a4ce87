// `ichorctl gen`: secrets, keys, certificates, made on the workstation.
#pragma once

#include <memory>

#include "ichorctl/cli/command.h"

namespace ichor::ctl {

// Without `config`, which is a command of its own.
Command GenCommand();

}  // namespace ichor::ctl
