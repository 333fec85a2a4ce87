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

std::map<std::string, rpc::Server::Method> StateService::Methods() {
  using Unary = absl::StatusOr<std::string> (Handlers::*)(std::string_view);
  using MakeCall = std::unique_ptr<rpc::Call> (*)(StateService&, rpc::Stream&);
  const auto unary = [this](Unary method) {
    return [this, method](rpc::Stream& stream) {
      return rpc::UnaryCall(stream, [this, method](std::string_view request) {
        return (handlers_.*method)(request);
      });
    };
  };
  const auto streaming = [this](MakeCall make) {
    return [this, make](rpc::Stream& stream) { return make(*this, stream); };
  };
  return {
      {"/cosi.resource.State/Get", unary(&Handlers::Get)},
      {"/cosi.resource.State/Create", unary(&Handlers::Create)},
      {"/cosi.resource.State/Update", unary(&Handlers::Update)},
      {"/cosi.resource.State/Destroy", unary(&Handlers::Destroy)},
      {"/cosi.resource.State/Teardown", unary(&Handlers::Teardown)},
      {"/cosi.resource.State/List", streaming(NewListCall)},
      {"/cosi.resource.State/Watch", streaming(NewWatchCall)},
      {"/cosi.resource.State/TeardownAndDestroy", streaming(NewDestroyCall)},
  };
}

void StateService::Serve(rpc::Server& server) {
  for (auto& [path, method] : Methods()) {
    server.Handle(path, std::move(method));
  }
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
