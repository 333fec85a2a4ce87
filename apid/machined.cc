#include "apid/machined.h"

namespace ichor::apid {

absl::Status Machined::Open(const std::string& path, const rpc::Metadata& metadata,
                            const MakeCall& make_call) {
  if (client_ == nullptr || client_->closed()) {
    rpc::ConnectionOptions options;
    options.stream_window_bytes = 128 << 10;
    absl::StatusOr<std::unique_ptr<rpc::Client>> client =
        rpc::Client::Connect(loop_, path_, options);
    if (!client.ok()) {
      return absl::UnavailableError(client.status().message());
    }
    client_ = *std::move(client);
  }
  client_->Open(path, metadata, make_call);
  return absl::OkStatus();
}

}  // namespace ichor::apid
