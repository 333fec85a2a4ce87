// How this node's member leaves the cluster of its etcd.
#pragma once

#include "machined/etcd/control.h"

namespace ichor {

// Takes the member of this node out of its cluster, and has its data removed. `done` is called
// once, on the loop: with the errors of EtcdControl, with etcd's, or with FailedPrecondition if it
// is the only voting member, whose cluster would end. `etcd` outlives that.
void LeaveEtcd(EtcdControl& etcd, EtcdControl::Done done);

}  // namespace ichor
