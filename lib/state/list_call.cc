#include <optional>
#include <utility>

#include "lib/rpc/bytes.h"
#include "lib/rpc/status.h"
#include "lib/state/calls.h"
#include "lib/state/encode.h"

namespace ichor::state::internal {
namespace {

class ListCall : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  // On the loop: takes the snapshot; all the rest runs on gRPC's threads, one write after the other.
  void Start(Handlers& handlers, std::string_view request) {
    absl::StatusOr<Handlers::Listing> listing = handlers.List(request);
    if (!listing.ok()) {
      Finish(rpc::ToGrpc(listing.status()));
      return;
    }
    listing_ = *std::move(listing);
    WriteNext();
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      WriteNext();
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }

  void OnDone() override { delete this; }

 private:
  void WriteNext() {
    const std::vector<ResourcePtr>& resources = *listing_.snapshot;
    while (next_ < resources.size() && !listing_.query.Matches(resources[next_]->metadata)) {
      ++next_;
    }
    if (next_ == resources.size()) {
      Finish(grpc::Status::OK);
      return;
    }
    buffer_ = rpc::ToBuffer(EncodeResourceReply(*resources[next_++]));
    // The hint lets gRPC collect messages up to its write buffer's size; Finish flushes.
    StartWrite(&buffer_, grpc::WriteOptions().set_buffer_hint());
  }

  Handlers::Listing listing_;
  size_t next_ = 0;
  grpc::ByteBuffer buffer_;
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartList(Shared& shared, const grpc::ByteBuffer& request) {
  auto* call = new ListCall;  // owned by gRPC until OnDone
  shared.loop.Post(
      [&shared, call, request = rpc::ToString(request)] { call->Start(shared.handlers, request); });
  return call;
}

}  // namespace ichor::state::internal
