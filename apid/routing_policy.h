// Where a call goes, and what of its metadata goes with it.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace ichor::apid {

// Names and values as rpc::Metadata.
using Headers = std::vector<std::pair<std::string, std::string>>;

// OK if a call with these headers is for this node: it names none, or this one alone, by one of
// `own`: addresses and names. InvalidArgument if "node" is there more than once; PermissionDenied
// for another node, since this one forwards nothing.
absl::Status CheckTarget(const Headers& headers, const std::set<std::string>& own);

// The headers for machined: those of the call, without what is for us or could pass for ours, and
// `roles` as "talos-role".
Headers HeadersForMachined(const Headers& headers, const std::vector<std::string>& roles);

}  // namespace ichor::apid
