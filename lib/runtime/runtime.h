// The runtime: sources publish what they see, reconcilers compute what shall be, actuators make it
// so.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/clock.h"
#include "lib/runtime/actuator_runner.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/graph.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/rows.h"
#include "lib/runtime/running_controller.h"
#include "lib/runtime/signature.h"
#include "lib/runtime/source.h"
#include "lib/runtime/store.h"
#include "lib/runtime/type_state.h"

namespace ichor {

// Everything runs on the loop's thread, except the bodies of actuators. docs/architecture.md draws
// the path of a change.
class Runtime {
 public:
  // All must outlive the runtime. It takes the store's change listener.
  Runtime(Loop& loop, Executor& executor, Store& store, const base::Clock& clock);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Registers a pure function StatusOr<Desired<Out>> F(const All<In>&…), or with a tuple of
  // Desired. Not for generic lambdas. It runs when an input changed, once all inputs are known; if
  // it fails, its last output stays.
  template <class F>
  void Reconcile(std::string_view name, F function) {
    AddReconciler(signature::Reconciler(name, std::move(function)));
  }

  // Registers a function Status F(const All<In>&…) or Report<T> F(const All<In>&…), to be run on a
  // worker. It is run again when an input changes, and after a failure with a backoff of 100 ms,
  // doubled each time up to 60 s.
  template <class... In, class F>
  void Actuate(std::string_view name, F function) {
    AddActuator(signature::Actuator<In...>(name, std::move(function)));
  }

  // Declares that `source` publishes T: before it did, controllers that read T do not run.
  template <class T>
  void AddSource(std::string_view source) {
    AddSource(source, TypeRef::Of<T>());
  }

  // Replaces all rows of T that `source` has published. Declares the source if need be. Two
  // publications within 20 ms become one. Must not be called by reconcilers.
  template <class T>
  void Publish(std::string_view source, Desired<T> rows) {
    Publish(source, TypeRef::Of<T>(), std::move(rows).Take());
  }

  // All rows of T that are not being torn down.
  template <class T>
  All<T> Read() {
    return All<T>(store_.CollectionOf(T::kNamespace, T::kType).Running());
  }

  // The same four for types that are known at run time only.
  void AddReconciler(ReconcilerBody body);
  void AddActuator(ActuatorBody body);
  void AddSource(std::string_view source, const TypeRef& type);
  void Publish(std::string_view source, const TypeRef& type, Rows rows);

  // Declares that somebody outside the runtime writes `type` into the store, and whether what
  // stands there is all of it. A mirror says so after its first complete copy.
  void SetExternal(const TypeRef& type, bool known);

  // Whether all that is to be known of `kind` stands in the store: what controllers wait for.
  bool IsKnown(const Kind& kind) const;

  // Calls `listener` after each settle; replaces the one set before.
  void OnSettled(std::function<void()> listener) { settled_ = std::move(listener); }

  // InvalidArgument if a type with one writer has two, or reconcilers form a cycle; names who and
  // what.
  absl::Status Validate();

  // One pass: takes what sources published, runs each reconciler that has to, in dependency order,
  // then hands actuators to the workers. Called by the loop whenever something changed. The
  // registrations must be valid.
  void Settle();

  // All controllers that were registered.
  const std::vector<Node>& nodes() const { return nodes_; }

  // The reconcilers among them, to be run elsewhere: for a Preview.
  std::vector<ReconcilerBody> Reconcilers() const;

  // The graph of controllers and types in DOT.
  std::string Dependencies() const { return ToDot(nodes_); }

 private:
  struct Reconciler {
    RunningController controller;
    std::function<absl::StatusOr<std::vector<Rows>>(const Inputs&)> run;
  };

  void OnRegistered();
  TypeState& TypeOf(const Kind& kind);
  RunningController MakeController(const Node& node);
  void ScheduleSettle();
  void ScheduleSettleAt(base::MonotonicTime time);
  void TakeFromSources();
  void Run(Reconciler& reconciler);
  static absl::Status StateAll(const Reconciler& reconciler,
                               absl::StatusOr<std::vector<Rows>> outputs);
  void TakeReports();
  void PublishStatuses();
  bool AnythingReady() const;

  Loop& loop_;
  Executor& executor_;
  Store& store_;
  const base::Clock& clock_;
  // Tasks and timers hold it weakly, and do nothing once it is gone.
  const std::shared_ptr<Runtime*> self_ = std::make_shared<Runtime*>(this);

  std::map<Kind, std::unique_ptr<TypeState>> types_;
  std::vector<Node> nodes_;
  std::map<std::string, Source, std::less<>> sources_;
  std::map<std::string, absl::Status, std::less<>> source_statuses_;
  std::map<size_t, Reconciler> reconcilers_;  // by index in nodes_
  std::vector<std::unique_ptr<ActuatorRunner>> actuators_;

  std::function<void()> settled_ = [] {};
  std::optional<std::vector<size_t>> order_;  // of the reconcilers; absent: to be computed
  std::optional<base::MonotonicTime> settle_at_;
  bool settle_scheduled_ = false;
  bool settling_ = false;
  bool statuses_changed_ = true;
  std::ptrdiff_t known_types_ =
      0;  // at the last settle: what waits for a type waits for this to change
};

}  // namespace ichor
