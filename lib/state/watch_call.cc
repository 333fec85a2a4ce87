#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "lib/runtime/watcher.h"
#include "lib/state/calls.h"
#include "lib/state/encode.h"

namespace ichor::state {
namespace {

// Sent ahead of what the client takes. Little, since there may be thousands of watches that nobody
// reads.
constexpr size_t kAheadBytes = 8 << 10;
// A batch stays below the size that clients accept by default (4 MiB) unless a single event is
// larger.
constexpr size_t kBatchEvents = 64;
constexpr size_t kBatchBytes = 1 << 20;

class WatchCall : public rpc::Call, public WokenCall {
 public:
  WatchCall(StateService& service, rpc::Stream& stream) : service_(service), stream_(stream) {}

  ~WatchCall() override {
    service_.Forget(*this);
    service_.RemoveWatch(weight_);
  }

  void OnMessage(std::string request) override {
    if (std::exchange(started_, true)) {
      return;  // one request a call
    }
    if (absl::Status status = Open(request); !status.ok()) {
      stream_.Finish(status);
      return;
    }
    stream_.Send("");  // says that the watch stands: what changes from now on will be seen
    OnEvents();
  }

  void OnWritable() override { OnEvents(); }

  void OnEvents() override {
    while (watcher_ != nullptr && stream_.buffered_bytes() < kAheadBytes) {
      const absl::StatusOr<std::string> response = NextResponse();
      if (!response.ok()) {
        SendError(response.status());
      } else if (response->empty()) {
        return;
      } else {
        stream_.Send(*response);
      }
    }
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  absl::Status Open(std::string_view request) {
    cosi::resource::WatchRequest watch;
    RETURN_IF_ERROR(Decode(request, kMaxQueryBytes, watch));
    ASSIGN_OR_RETURN(WatchOptions options, WatchOptionsOf(watch, service_.id()));
    ASSIGN_OR_RETURN(Collection * collection,
                     service_.handlers().Watch(watch.namespace_(), watch.type()));
    const size_t weight = WeightOf(request.size(), !watch.options().id_query().regexp().empty());
    RETURN_IF_ERROR(service_.AddWatch(weight));
    weight_ = weight;
    kind_ = collection->kind();
    id_ = watch.id();
    most_events_ = watch.options().aggregated() ? kBatchEvents : 1;
    knows_markers_ = watch.api_version() >= 1;
    ASSIGN_OR_RETURN(watcher_, Watcher::Create(*collection, std::move(options),
                                               [this] { service_.Wake(*this); }));
    return absl::OkStatus();
  }

  // One event, or a batch if the client takes them; empty if there is none now.
  absl::StatusOr<std::string> NextResponse() {
    const EventContext context{
        .server = service_.id(), .kind = *kind_, .id = id_, .now = service_.clock().Now()};
    std::string response;
    for (size_t count = 0; count < most_events_ && response.size() < kBatchBytes;) {
      ASSIGN_OR_RETURN(const std::vector<WatchEvent> events, watcher_->Next(1));
      if (events.empty()) {
        break;
      }
      if (events.front().type != WatchEvent::Type::kBootstrapped || knows_markers_) {
        response += service_.Encoded(events.front(), context);
        ++count;
      }
    }
    return response;
  }

  // The stream stays open, silent, as clients expect; the watcher is gone.
  void SendError(const absl::Status& status) {
    watcher_.reset();
    if (knows_markers_) {
      std::string response;
      AppendErrorEvent(base::MessageOf(status), response);
      stream_.Send(response);
    }
  }

  StateService& service_;
  rpc::Stream& stream_;
  bool started_ = false;
  size_t weight_ = 0;  // among the open watches
  std::shared_ptr<const Kind> kind_;
  std::string id_;          // empty for a watch of a kind
  size_t most_events_ = 1;  // in one response
  bool knows_markers_ =
      true;  // the events that end the initial contents and the watch; old clients do not
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace

size_t WeightOf(size_t request_bytes, bool has_expression) {
  constexpr size_t kBytesOfOne = 1024;
  constexpr size_t kExpression = 64;
  return 1 + request_bytes / kBytesOfOne + (has_expression ? kExpression : 0);
}

std::unique_ptr<rpc::Call> NewWatchCall(StateService& service, rpc::Stream& stream) {
  return std::make_unique<WatchCall>(service, stream);
}

}  // namespace ichor::state
