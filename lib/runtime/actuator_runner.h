// Runs one actuator on the workers: one run in flight, retries with backoff, a watch over workers
// that hang.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "lib/base/clock.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/running_controller.h"

namespace ichor {

// Confined to the loop's thread, as are its callbacks.
class ActuatorRunner {
 public:
  static constexpr std::chrono::milliseconds kFirstBackoff{100};
  static constexpr std::chrono::seconds kLongestBackoff{60};
  static constexpr std::chrono::seconds kStuckAfter{30};

  // What it stands on; all must outlive it.
  struct Environment {
    Loop& loop;
    Executor& executor;
    const base::Clock& clock;
  };

  // `wake` is called when something changed that the next settle must look at.
  ActuatorRunner(const Environment& environment, RunningController controller,
                 std::function<Outcome(const Inputs&)> run, std::function<void()> wake);
  ~ActuatorRunner();
  ActuatorRunner(const ActuatorRunner&) = delete;
  ActuatorRunner& operator=(const ActuatorRunner&) = delete;

  const RunningController& controller() const { return controller_; }
  bool stuck() const { return stuck_; }

  // Delay of the retry that is scheduled; zero if there is none.
  std::chrono::nanoseconds backoff() const { return backoff_; }

  // Whether Start would run it: its inputs are known, one changed or a retry is due, and no run is
  // in flight.
  bool Ready() const;

  // Hands a run with the current inputs to a worker.
  void Start();

  // The report of the last run, if it has not been taken yet.
  std::optional<Rows> TakeReport();

 private:
  void Finish(std::uint64_t run, Outcome outcome);
  void ScheduleRetry();
  void CancelTimer();
  void WatchForHang(std::uint64_t run);

  const Environment environment_;
  RunningController controller_;
  const std::shared_ptr<const std::function<Outcome(const Inputs&)>> run_;
  const std::function<void()> wake_;
  // Results of a run that outlives this are dropped.
  const std::shared_ptr<ActuatorRunner*> self_ = std::make_shared<ActuatorRunner*>(this);

  std::uint64_t runs_ = 0;  // started so far; the last may be in flight
  bool in_flight_ = false;
  bool stuck_ = false;
  bool retry_due_ = false;
  std::chrono::nanoseconds backoff_{0};
  Executor::JobId job_ = 0;
  std::optional<Loop::TimerId> timer_;  // while in flight: the hang; else: the retry
  std::optional<Rows> report_;
};

}  // namespace ichor
