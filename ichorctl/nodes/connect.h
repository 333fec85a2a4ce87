// Makes the connection that calls go through.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ichorctl/cli/session.h"
#include "ichorctl/nodes/access.h"
#include "lib/rpc/client.h"

namespace ichor::ctl {

struct Connected {
  std::unique_ptr<rpc::Client> client;
  std::string endpoint;  // "10.0.0.1:50000"
};

// To the first of `endpoints` that answers, each with all addresses of its name, ten seconds for
// each. Unavailable, with a line for each that did not. Blocks; runs the session's loop.
absl::StatusOr<Connected> ConnectToOne(Session& session, const Access& access,
                                       const std::vector<std::string>& endpoints);

}  // namespace ichor::ctl
