#include <format>
#include <memory>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "lib/rpc/bytes.h"
#include "lib/rpc/status.h"
#include "lib/runtime/watcher.h"
#include "lib/state/calls.h"
#include "lib/state/encode.h"

namespace ichor::state::internal {
namespace {

// A batch stays below the size that clients accept by default (4 MiB) unless a single event is larger.
constexpr size_t kBatchEvents = 64;
constexpr size_t kBatchBytes = 1 << 20;

// All members belong to the loop's thread; what gRPC calls on its own threads is posted there.
class WatchCall : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit WatchCall(Shared& shared) : shared_(shared) {}

  void Start(std::string_view request) {
    if (absl::Status status = Open(request); !status.ok()) {
      End(status);
      return;
    }
    Write("");  // says that the watch stands: what changes from now on will be seen
  }

  void OnWriteDone(bool ok) override {
    shared_.loop.Post([this, ok] {
      writing_ = false;
      if (ok) {
        Pump();
      } else {
        End(absl::CancelledError(""));
      }
    });
  }

  void OnCancel() override {
    shared_.loop.Post([this] { End(absl::CancelledError("")); });
  }

  void OnDone() override {
    // After all else that was posted for this call.
    shared_.loop.Post([this] {
      if (counted_) {
        --shared_.open_watches;
      }
      delete this;
    });
  }

 private:
  absl::Status Open(std::string_view request) {
    RETURN_IF_ERROR(Decode(request, kMaxQueryBytes, request_));
    ASSIGN_OR_RETURN(WatchOptions options, WatchOptionsOf(request_, shared_.server_id));
    if (shared_.open_watches >= shared_.options.max_watches) {
      return absl::ResourceExhaustedError(std::format("{} watches are open already", shared_.open_watches));
    }
    ASSIGN_OR_RETURN(Collection * collection, shared_.handlers.Watch(request_.namespace_(), request_.type()));
    ASSIGN_OR_RETURN(watcher_, Watcher::Create(*collection, std::move(options), [this] { Wake(); }));
    kind_ = collection->kind();
    ++shared_.open_watches;
    counted_ = true;
    return absl::OkStatus();
  }

  // The watcher calls this in the middle of a write to the store.
  void Wake() {
    shared_.loop.Post([this] { Pump(); });
  }

  // Sends what there is, if nothing is on its way and the call is not over.
  void Pump() {
    if (writing_ || ended_ || watcher_ == nullptr) {
      return;
    }
    absl::StatusOr<std::string> response = NextResponse();
    if (!response.ok()) {
      SendError(response.status());
    } else if (!response->empty()) {
      Write(*std::move(response));
    }
  }

  // One event, or a batch if the client takes them; empty if there is none now.
  absl::StatusOr<std::string> NextResponse() {
    const size_t most_events = request_.options().aggregated() ? kBatchEvents : 1;
    const EventContext context{
        .server = shared_.server_id, .kind = *kind_, .id = request_.id(), .now = shared_.clock.Now()};
    std::string response;
    for (size_t count = 0; count < most_events && response.size() < kBatchBytes;) {
      ASSIGN_OR_RETURN(const std::vector<WatchEvent> events, watcher_->Next(1));
      if (events.empty()) {
        break;
      }
      if (events.front().type != WatchEvent::Type::kBootstrapped || KnowsMarkers()) {
        AppendEvent(events.front(), context, response);
        ++count;
      }
    }
    return response;
  }

  // Old clients do not know the event that ends the initial contents, nor the error.
  bool KnowsMarkers() const { return request_.api_version() >= 1; }

  // The stream stays open, silent, as clients expect; the watcher is gone.
  void SendError(const absl::Status& status) {
    watcher_.reset();
    if (KnowsMarkers()) {
      std::string response;
      AppendErrorEvent(base::MessageOf(status), response);
      Write(std::move(response));
    }
  }

  void Write(std::string response) {
    writing_ = true;
    buffer_ = rpc::ToBuffer(std::move(response));
    StartWrite(&buffer_);
  }

  void End(const absl::Status& status) {
    if (!std::exchange(ended_, true)) {
      watcher_.reset();
      Finish(rpc::ToGrpc(status));
    }
  }

  Shared& shared_;
  cosi::resource::WatchRequest request_;
  std::shared_ptr<const Kind> kind_;
  std::unique_ptr<Watcher> watcher_;
  grpc::ByteBuffer buffer_;
  bool writing_ = false;
  bool ended_ = false;
  bool counted_ = false;  // among the open watches
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartWatch(Shared& shared, const grpc::ByteBuffer& request) {
  auto* call = new WatchCall(shared);  // owned by gRPC until OnDone
  shared.loop.Post([call, request = rpc::ToString(request)] { call->Start(request); });
  return call;
}

}  // namespace ichor::state::internal
