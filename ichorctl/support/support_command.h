// `ichorctl support`
#pragma once

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

Command SupportCommand(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
