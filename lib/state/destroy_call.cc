#include <format>
#include <memory>
#include <utility>

#include "lib/base/status.h"
#include "lib/rpc/bytes.h"
#include "lib/rpc/status.h"
#include "lib/runtime/watcher.h"
#include "lib/state/calls.h"

namespace ichor::state::internal {
namespace {

// All members belong to the loop's thread.
class DestroyCall : public grpc::ServerUnaryReactor {
 public:
  explicit DestroyCall(Shared& shared) : shared_(shared) {}

  void Start(std::string_view request) {
    if (absl::Status status = Open(request); !status.ok()) {
      End(status);
      return;
    }
    TryToFinish();
  }

  void OnCancel() override {
    shared_.loop.Post([this] { End(absl::CancelledError("")); });
  }

  void OnDone() override {
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
    if (shared_.open_watches >= shared_.options.max_watches) {
      return absl::ResourceExhaustedError(std::format("{} watches are open already", shared_.open_watches));
    }
    RETURN_IF_ERROR(shared_.handlers.BeginDestroy(request_));
    ASSIGN_OR_RETURN(Collection * collection, shared_.handlers.Watch(request_.namespace_(), request_.type()));
    ++shared_.open_watches;
    counted_ = true;
    ASSIGN_OR_RETURN(watcher_, Watcher::Create(*collection, {.id = request_.id()}, [this] {
      shared_.loop.Post([this] { TryToFinish(); });
    }));
    return absl::OkStatus();
  }

  void TryToFinish() {
    if (ended_) {
      return;
    }
    const absl::StatusOr<bool> done = shared_.handlers.FinishDestroy(request_);
    if (!done.ok() || *done) {
      End(done.status());
      return;
    }
    // What the events say does not matter, only that the next one wakes this call.
    while (true) {
      const auto events = watcher_->Next(64);
      if (!events.ok()) {
        End(events.status());
        return;
      }
      if (events->empty()) {
        return;
      }
    }
  }

  void End(const absl::Status& status) {
    if (!std::exchange(ended_, true)) {
      watcher_.reset();
      Finish(rpc::ToGrpc(status));
    }
  }

  Shared& shared_;
  cosi::resource::TeardownAndDestroyRequest request_;
  std::unique_ptr<Watcher> watcher_;
  bool ended_ = false;
  bool counted_ = false;  // among the open watches
};

}  // namespace

grpc::ServerUnaryReactor* StartTeardownAndDestroy(Shared& shared, const grpc::ByteBuffer& request,
                                                  grpc::ByteBuffer* response) {
  auto* call = new DestroyCall(shared);  // owned by gRPC until OnDone
  *response = rpc::ToBuffer("");
  shared.loop.Post([call, request = rpc::ToString(request)] { call->Start(request); });
  return call;
}

}  // namespace ichor::state::internal
