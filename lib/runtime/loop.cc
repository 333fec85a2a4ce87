#include "lib/runtime/loop.h"

#include <algorithm>

#include "absl/log/check.h"
#include "lib/base/status.h"

namespace ichor {

void Mailbox::Post(Task task) {
  bool wake = false;
  {
    base::MutexLock lock(mutex_);
    if (closed_) {
      return;
    }
    wake = tasks_.empty();  // with others waiting, the loop has been woken already
    tasks_.push_back(std::move(task));
  }
  if (wake) {
    poller_->Wake();
  }
}

std::vector<Task> Mailbox::Take() {
  base::MutexLock lock(mutex_);
  return std::exchange(tasks_, {});
}

void Mailbox::Close() {
  std::vector<Task> dropped;  // destroyed after the lock is: their captures may post
  const base::MutexLock lock(mutex_);
  closed_ = true;
  dropped.swap(tasks_);
}

Loop::Loop(const base::Clock& clock, std::shared_ptr<sys::Poller> poller)
    : clock_(clock), poller_(std::move(poller)), mailbox_(std::make_shared<Mailbox>(poller_)) {}

absl::StatusOr<std::unique_ptr<Loop>> Loop::Create(const base::Clock& clock) {
  ASSIGN_OR_RETURN(std::shared_ptr<sys::Poller> poller, sys::Poller::Create());
  return std::unique_ptr<Loop>(new Loop(clock, std::move(poller)));
}

Loop::~Loop() {
  mailbox_->Close();
}

Loop::TimerId Loop::RunAt(base::MonotonicTime time, Task task) {
  DCHECK(IsCurrent());
  const TimerId id{time, next_timer_++};
  timers_.emplace(id, std::move(task));
  return id;
}

void Loop::Cancel(TimerId timer) {
  DCHECK(IsCurrent());
  timers_.erase(timer);
}

void Loop::Run() {
  thread_ = std::this_thread::get_id();
  stopped_ = false;
  while (!stopped_) {
    const bool more = RunReady() && RunReady();  // what the first turn posted
    poller_->Wait(more || stopped_ ? std::chrono::nanoseconds(0) : UntilNextTimer());
  }
}

void Loop::Stop() {
  Post([this] { stopped_ = true; });
}

bool Loop::RunReady() {
  DCHECK(IsCurrent());
  std::vector<Task> tasks = mailbox_->Take();
  for (Task& task : tasks) {
    task();
  }
  return RunTimers() || !tasks.empty();
}

bool Loop::RunTimers() {
  bool ran = false;
  const base::MonotonicTime now = clock_.Monotonic();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    Task task = std::move(timers_.extract(timers_.begin()).mapped());
    task();
    ran = true;
  }
  return ran;
}

std::optional<base::MonotonicTime> Loop::NextTimer() const {
  return timers_.empty() ? std::nullopt : std::optional(timers_.begin()->first.first);
}

std::optional<std::chrono::nanoseconds> Loop::UntilNextTimer() const {
  const std::optional<base::MonotonicTime> timer = NextTimer();
  if (!timer.has_value()) {
    return std::nullopt;
  }
  return std::max(*timer - clock_.Monotonic(), std::chrono::nanoseconds(0));
}

}  // namespace ichor
