// Whom etcd's members know, asked of each by itself.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "etcd/rpc.pb.h"
#include "machined/etcd/control.h"

namespace ichor {

// What one member says of all.
struct MembersView {
  std::string host;  // "10.0.0.1"
  etcdserverpb::MemberListResponse members;
};

struct MembersSight {
  absl::Status status;             // who did not answer, or OK
  std::vector<MembersView> views;  // this node's first
};

// Asks the etcd of this node, then each other member that has begun. `etcd` must live until `done`
// is called, once, on the loop.
void LookAtMembers(EtcdControl& etcd, absl::AnyInvocable<void(MembersSight)> done);

}  // namespace ichor
