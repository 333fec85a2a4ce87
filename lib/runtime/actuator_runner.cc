#include "lib/runtime/actuator_runner.h"

#include <algorithm>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"

namespace ichor {

ActuatorRunner::ActuatorRunner(const Environment& environment, RunningController controller,
                               std::function<Outcome(const Inputs&)> run,
                               std::function<void()> wake)
    : environment_(environment),
      controller_(std::move(controller)),
      run_(std::make_shared<const std::function<Outcome(const Inputs&)>>(std::move(run))),
      wake_(std::move(wake)) {}

ActuatorRunner::~ActuatorRunner() {
  CancelTimer();
}

bool ActuatorRunner::Ready() const {
  return !in_flight_ && controller_.UnknownInput() == nullptr &&
         (retry_due_ || controller_.InputsChanged());
}

void ActuatorRunner::Start() {
  CancelTimer();
  in_flight_ = true;
  retry_due_ = false;
  backoff_ = {};
  const std::uint64_t run = ++runs_;
  Task job = [run, inputs = controller_.Take(), function = run_,
              mailbox = environment_.loop.mailbox(), weak = std::weak_ptr(self_)]() mutable {
    Outcome outcome = (*function)(inputs);
    inputs.clear();  // on this thread: freeing a large snapshot takes time
    mailbox->Post([run, weak = std::move(weak), outcome = std::move(outcome)]() mutable {
      if (const std::shared_ptr<ActuatorRunner*> self = weak.lock()) {
        (*self)->Finish(run, std::move(outcome));
      }
    });
  };
  job_ = environment_.executor.Run(controller_.node().name, std::move(job));
  WatchForHang(run);
}

std::optional<Rows> ActuatorRunner::TakeReport() {
  return std::exchange(report_, std::nullopt);
}

void ActuatorRunner::Finish(std::uint64_t run, Outcome outcome) {
  if (!in_flight_ || run != runs_) {
    return;
  }
  CancelTimer();
  in_flight_ = false;
  stuck_ = false;
  if (!controller_.outputs().empty()) {
    if (absl::Status status = SortRows(outcome.report); status.ok()) {
      report_ = std::move(outcome.report);
    } else {
      outcome.status.Update(status);
    }
  }
  if (controller_.Finish(outcome.status) && !outcome.status.ok()) {
    base::Log(base::Severity::kWarning, "{}: {}", controller_.node().name,
              base::MessageOf(outcome.status));
  }
  if (!outcome.status.ok()) {
    ScheduleRetry();
  }
  wake_();
}

void ActuatorRunner::ScheduleRetry() {
  const std::uint32_t doublings = std::min<std::uint32_t>(controller_.failures() - 1, 10);
  backoff_ = std::min<std::chrono::nanoseconds>(kFirstBackoff * (1 << doublings), kLongestBackoff);
  timer_ = environment_.loop.RunAt(environment_.clock.Monotonic() + backoff_, [this] {
    timer_.reset();
    retry_due_ = true;
    wake_();
  });
}

void ActuatorRunner::WatchForHang(std::uint64_t run) {
  timer_ = environment_.loop.RunAt(environment_.clock.Monotonic() + kStuckAfter, [this, run] {
    timer_.reset();
    if (in_flight_ && run == runs_) {
      stuck_ = true;
      base::Log(base::Severity::kError, "{}: no answer for {}; its worker is replaced",
                controller_.node().name, kStuckAfter);
      environment_.executor.Replace(job_);
      wake_();
    }
  });
}

void ActuatorRunner::CancelTimer() {
  if (timer_.has_value()) {
    environment_.loop.Cancel(*timer_);
    timer_.reset();
  }
}

}  // namespace ichor
