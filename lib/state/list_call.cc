#include <string>
#include <utility>

#include "lib/state/calls.h"
#include "lib/state/encode.h"

namespace ichor::state {
namespace {

constexpr size_t kAheadBytes = 64 << 10;  // sent ahead of what the transport takes

class ListCall : public rpc::Call {
 public:
  ListCall(StateService& service, rpc::Stream& stream) : service_(service), stream_(stream) {}

  void OnMessage(std::string request) override {
    absl::StatusOr<Handlers::Listing> listing = service_.handlers().List(request);
    if (!listing.ok()) {
      stream_.Finish(listing.status());
      return;
    }
    listing_ = *std::move(listing);
    OnWritable();
  }

  void OnWritable() override {
    if (listing_.snapshot == nullptr) {
      return;
    }
    const std::vector<ResourcePtr>& resources = *listing_.snapshot;
    for (; next_ < resources.size() && stream_.buffered_bytes() < kAheadBytes; ++next_) {
      if (listing_.query.Matches(resources[next_]->metadata)) {
        stream_.Send(EncodeResourceReply(*resources[next_]));
      }
    }
    if (next_ == resources.size()) {
      stream_.Finish(absl::OkStatus());
    }
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  StateService& service_;
  rpc::Stream& stream_;
  Handlers::Listing listing_;  // null snapshot: the request has not come yet
  size_t next_ = 0;
};

}  // namespace

std::unique_ptr<rpc::Call> NewListCall(StateService& service, rpc::Stream& stream) {
  return std::make_unique<ListCall>(service, stream);
}

}  // namespace ichor::state
