// A gRPC server on a unix socket, for peers on the same machine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/server.h"
#include "grpcpp/impl/service_type.h"

namespace ichor::rpc {

struct UnixServerOptions {
  std::string path;                                  // of the socket; a stale one is replaced
  size_t max_request_bytes = 32 << 20;               // larger: ResourceExhausted
  size_t max_memory_bytes = 256 << 20;               // for all buffers of the transport; beyond it clients wait
};

// Listens on `options.path` and serves `services`, which must outlive the server. InvalidArgument for a path of more than
// 107 bytes (unix(7)); Unavailable if the socket cannot be bound. Clients may ping as often as they like.
absl::StatusOr<std::unique_ptr<grpc::Server>> StartUnixServer(const UnixServerOptions& options,
                                                              const std::vector<grpc::Service*>& services);

}  // namespace ichor::rpc
