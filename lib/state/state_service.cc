#include "lib/state/state_service.h"

#include <format>
#include <utility>

#include "lib/base/random.h"
#include "lib/state/calls.h"

namespace ichor::state {

StateService::StateService(Loop& loop, Store& store, const base::Clock& clock,
                           StateServiceOptions options)
    : loop_(loop),
      clock_(clock),
      options_(options),
      handlers_(store, std::move(options.handlers)),
      id_(base::RandomBytes(8)) {}

void StateService::Serve(rpc::Server& server) {
  using Method = absl::StatusOr<std::string> (Handlers::*)(std::string_view);
  const auto unary = [&](std::string_view name, Method method) {
    server.Handle(std::format("/cosi.resource.State/{}", name),
                  [this, method](rpc::Stream& stream) {
                    return rpc::UnaryCall(stream, [this, method](std::string_view request) {
                      return (handlers_.*method)(request);
                    });
                  });
  };
  unary("Get", &Handlers::Get);
  unary("Create", &Handlers::Create);
  unary("Update", &Handlers::Update);
  unary("Destroy", &Handlers::Destroy);
  unary("Teardown", &Handlers::Teardown);
  server.Handle("/cosi.resource.State/List",
                [this](rpc::Stream& stream) { return NewListCall(*this, stream); });
  server.Handle("/cosi.resource.State/Watch",
                [this](rpc::Stream& stream) { return NewWatchCall(*this, stream); });
  server.Handle("/cosi.resource.State/TeardownAndDestroy",
                [this](rpc::Stream& stream) { return NewDestroyCall(*this, stream); });
}

absl::Status StateService::AddWatch(size_t weight) {
  if (open_watches_ + weight > options_.max_watches) {
    return absl::ResourceExhaustedError(std::format("too many watches: {} of {} are open already",
                                                    open_watches_, options_.max_watches));
  }
  open_watches_ += weight;
  return absl::OkStatus();
}

void StateService::Wake(WokenCall& call) {
  woken_.insert(&call);
  if (!std::exchange(call_scheduled_, true)) {
    loop_.Post([weak = std::weak_ptr(self_)] {
      if (const std::shared_ptr<StateService*> self = weak.lock()) {
        (*self)->CallWoken();
      }
    });
  }
}

const std::string& StateService::Encoded(const WatchEvent& event, const EventContext& context) {
  const bool same = event.resource != nullptr && event.resource == last_event_.resource &&
                    event.old == last_event_.old && event.type == last_event_.type &&
                    event.position == last_event_.position;
  if (!same) {
    last_event_ = event;
    last_encoded_.clear();
    AppendEvent(event, context, last_encoded_);
  }
  return last_encoded_;
}

void StateService::CallWoken() {
  call_scheduled_ = false;
  // A call that is woken sends, which ends no call: nothing is forgotten meanwhile.
  for (WokenCall* call : std::exchange(woken_, {})) {
    call->OnEvents();
  }
}

}  // namespace ichor::state
