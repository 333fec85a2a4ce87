// Calls without an answer.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "ichorctl/nodes/nodes.h"

namespace ichor::ctl {

// Calls `method` at all nodes of `flags`. Errors as Nodes::Open and Nodes::CallAll. Blocks; runs
// the session's loop.
absl::Status Tell(const NodeFlags& flags, const std::string& method,
                  const google::protobuf::Message& request, Session& session);

}  // namespace ichor::ctl
