// cosi.resource.State: list, watch and change the resources of a store.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "lib/base/clock.h"
#include "lib/rpc/server.h"
#include "lib/runtime/loop.h"
#include "lib/state/encode.h"
#include "lib/state/handlers.h"

namespace ichor::state {

struct StateServiceOptions {
  HandlerOptions handlers;
  // Watches, and calls that wait for finalizers, that may be open at once; one more is
  // ResourceExhausted. One whose request is long, or has an expression, counts as several: for what
  // it keeps in memory.
  size_t max_watches = 16'384;
};

// A call that is woken when events came.
class WokenCall {
 public:
  virtual ~WokenCall() = default;
  virtual void OnEvents() = 0;
};

// Everything happens on the loop's thread, which owns the store.
class StateService {
 public:
  // `loop`, `store` and `clock` must outlive the service.
  StateService(Loop& loop, Store& store, const base::Clock& clock, StateServiceOptions options);
  StateService(const StateService&) = delete;
  StateService& operator=(const StateService&) = delete;

  // The methods by full name, for a server, which must be destroyed before the service.
  std::map<std::string, rpc::Server::Method> Methods();

  // Adds the methods to `server`, which must be destroyed before the service.
  void Serve(rpc::Server& server);

  // The rest is for the calls.

  Handlers& handlers() { return handlers_; }
  const base::Clock& clock() const { return clock_; }
  const std::string& id() const { return id_; }

  // Counts a call that watches as `weight` of them. ResourceExhausted if there are too many.
  absl::Status AddWatch(size_t weight);
  void RemoveWatch(size_t weight) { open_watches_ -= weight; }

  // Calls `call` in a task of its own: events are announced in the middle of a write to the store.
  // All calls that one change wakes share one task.
  void Wake(WokenCall& call);
  // Forgets a wish to be called.
  void Forget(WokenCall& call) { woken_.erase(&call); }

  // `event` as AppendEvent gives it. Many watches of a kind send the same bytes: they are made
  // once.
  const std::string& Encoded(const WatchEvent& event, const EventContext& context);

 private:
  void CallWoken();

  Loop& loop_;
  const base::Clock& clock_;
  const StateServiceOptions options_;
  Handlers handlers_;
  const std::string id_;  // eight bytes in every bookmark, others in every process
  const std::shared_ptr<StateService*> self_ = std::make_shared<StateService*>(this);

  size_t open_watches_ = 0;
  absl::flat_hash_set<WokenCall*> woken_;
  bool call_scheduled_ = false;
  WatchEvent last_event_;
  std::string last_encoded_;
};

}  // namespace ichor::state
