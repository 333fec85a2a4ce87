// Commands about etcd, the store of a cluster.
#pragma once

#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

Command BootstrapCommand(const SharedNodeFlags& flags);
Command EtcdCommand(const SharedNodeFlags& flags);

}  // namespace ichor::ctl
