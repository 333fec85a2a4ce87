// `ichorctl cgroups`
#pragma once

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

Command CgroupsCommand(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
