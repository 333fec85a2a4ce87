// What went wrong between us and a node, and what to do about it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ichorctl/nodes/access.h"
#include "lib/base/clock.h"
#include "lib/rpc/tls_problem.h"

namespace ichor::ctl {

// Why there is no connection to `endpoint` ("10.0.0.1:50000"), in a sentence. `problem` may be
// null: then `status` says all that is known.
std::string ExplainConnection(const Access& access, std::string_view endpoint,
                              const absl::Status& status, const rpc::TlsProblem* problem,
                              base::WallTime now);

// That the client's certificate ends soon, and what to do; empty if it does not, and for one that
// did: then a node says so.
std::string WarningOfEnd(const Access& access, base::WallTime now);

// The error of a call of `method`, with what its words leave out: which role is missing.
absl::Status ExplainCall(const Access& access, std::string_view method, const absl::Status& status);

}  // namespace ichor::ctl
