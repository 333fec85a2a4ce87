#include "lib/rpc/unix_server.h"

#include <unistd.h>

#include <format>

#include "grpcpp/resource_quota.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"

namespace ichor::rpc {

absl::StatusOr<std::unique_ptr<grpc::Server>> StartUnixServer(const UnixServerOptions& options,
                                                              const std::vector<grpc::Service*>& services) {
  constexpr size_t kMaxPathBytes = 107;
  if (options.path.empty() || options.path.size() > kMaxPathBytes) {
    return absl::InvalidArgumentError(
        std::format("socket path \"{}\": expected 1 to {} bytes", options.path, kMaxPathBytes));
  }
  unlink(options.path.c_str());
  grpc::ServerBuilder builder;
  grpc::ResourceQuota quota("unix");
  quota.Resize(options.max_memory_bytes);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_request_bytes));
  // Go's clients ping more often than gRPC's servers like by default.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddListeningPort("unix:" + options.path, grpc::InsecureServerCredentials());
  for (grpc::Service* service : services) {
    builder.RegisterService(service);
  }
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return absl::UnavailableError(std::format("listen on {}: it cannot be bound", options.path));
  }
  return server;
}

}  // namespace ichor::rpc
