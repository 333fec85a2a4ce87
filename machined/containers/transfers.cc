#include "machined/containers/transfers.h"

#include <utility>

#include "containerd/transfer.pb.h"
#include "google/protobuf/empty.pb.h"

namespace ichor {

const char* ImageArchitecture() {
#if defined(__x86_64__)
  return "amd64";
#else
  return "arm64";
#endif
}

containerd::types::transfer::ImageStore StoreForThisMachine() {
  containerd::types::Platform platform;
  platform.set_os("linux");
  platform.set_architecture(ImageArchitecture());
  containerd::types::transfer::ImageStore store;
  *store.add_platforms() = platform;
  *store.add_unpacks()->mutable_platform() = platform;
  store.mutable_unpacks(0)->set_snapshotter(kSnapshotter);
  return store;
}

void Transfer(Containerd& containerd, const google::protobuf::Message& source,
              const containerd::types::transfer::ImageStore& destination,
              const std::string& progress, Containerd::Done<bool> done) {
  containerd::services::transfer::v1::TransferRequest request;
  *request.mutable_source() = Packed(source);
  *request.mutable_destination() = Packed(destination);
  if (!progress.empty()) {
    request.mutable_options()->set_progress_stream(progress);
  }
  using Empty = google::protobuf::Empty;
  containerd.Call<Empty>("/containerd.services.transfer.v1.Transfer/Transfer", request,
                         [done = std::move(done)](const absl::StatusOr<Empty>& reply) mutable {
                           done(reply.ok() ? absl::StatusOr<bool>(true) : reply.status());
                         });
}

}  // namespace ichor
