// `ichorctl dashboard`
#pragma once

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

Command DashboardCommand(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
