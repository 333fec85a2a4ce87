// absl::Status on gRPC: the codes are the same.
#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace ichor::rpc {

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace ichor::rpc
