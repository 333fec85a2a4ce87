// Who may change the config.
#pragma once

#include "absl/status/status.h"
#include "lib/rpc/stream.h"
#include "machined/api/context.h"

namespace ichor::api {

// Administrators may, and in maintenance mode anybody. PermissionDenied "not authorized".
absl::Status CheckFirstConfig(const ApiContext& context, const rpc::Stream& stream);

}  // namespace ichor::api
