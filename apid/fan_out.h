// Sends one call to many nodes, and makes one reply of theirs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apid/budget.h"
#include "apid/hop.h"

namespace ichor::apid {

// One of the nodes: as the caller names it, the way to it, and what goes with the call there.
struct Branch {
  std::string name;
  std::function<absl::StatusOr<Hop*>()> find_hop;  // called once, when the call begins
  rpc::Metadata metadata;
};

// Passes the request of `client` on to `path` of all branches. One reply of each is made one reply
// with all of them, or, if `streaming`, their messages are mixed as they come; each says which node
// it is from. What goes wrong with one node stands in place of its reply; Internal if a reply
// cannot be merged, ResourceExhausted if too much is going on. A client that does not read holds
// all nodes up; one that breaks off breaks off all of them. `budget` and all hops must outlive the
// call.
std::unique_ptr<rpc::Call> FanOut(Budget& budget, const std::string& path, bool streaming,
                                  std::vector<Branch> branches, rpc::Stream& client);

}  // namespace ichor::apid
