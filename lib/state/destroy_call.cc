#include <memory>
#include <string>
#include <utility>

#include "lib/base/status.h"
#include "lib/runtime/watcher.h"
#include "lib/state/calls.h"

namespace ichor::state {
namespace {

class DestroyCall : public rpc::Call, public WokenCall {
 public:
  DestroyCall(StateService& service, rpc::Stream& stream) : service_(service), stream_(stream) {}

  ~DestroyCall() override {
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
    OnEvents();
  }

  void OnEvents() override {
    if (watcher_ == nullptr) {
      return;
    }
    const absl::StatusOr<bool> done = service_.handlers().FinishDestroy(request_);
    if (!done.ok()) {
      End(done.status());
    } else if (*done) {
      stream_.Send("");  // the reply has no fields
      End(absl::OkStatus());
    } else if (absl::Status status = Drain(); !status.ok()) {
      End(status);
    }
  }

  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  absl::Status Open(std::string_view request) {
    RETURN_IF_ERROR(Decode(request, kMaxQueryBytes, request_));
    const size_t weight = WeightOf(request.size(), false);
    RETURN_IF_ERROR(service_.AddWatch(weight));
    weight_ = weight;
    RETURN_IF_ERROR(service_.handlers().BeginDestroy(request_));
    ASSIGN_OR_RETURN(Collection * collection,
                     service_.handlers().Watch(request_.namespace_(), request_.type()));
    ASSIGN_OR_RETURN(watcher_, Watcher::Create(*collection, {.id = request_.id()},
                                               [this] { service_.Wake(*this); }));
    return absl::OkStatus();
  }

  // What the events say does not matter, only that the next one wakes this call.
  absl::Status Drain() {
    while (true) {
      ASSIGN_OR_RETURN(const std::vector<WatchEvent> events, watcher_->Next(64));
      if (events.empty()) {
        return absl::OkStatus();
      }
    }
  }

  void End(const absl::Status& status) {
    watcher_.reset();
    stream_.Finish(status);
  }

  StateService& service_;
  rpc::Stream& stream_;
  cosi::resource::TeardownAndDestroyRequest request_;
  std::unique_ptr<Watcher> watcher_;  // null: not waiting
  bool started_ = false;
  size_t weight_ = 0;  // among the open watches
};

}  // namespace

std::unique_ptr<rpc::Call> NewDestroyCall(StateService& service, rpc::Stream& stream) {
  return std::make_unique<DestroyCall>(service, stream);
}

}  // namespace ichor::state
