// The event loop: the one thread that owns the state and runs sources and reconcilers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/base/mutex.h"
#include "lib/sys/poller.h"

namespace ichor {

using Task = absl::AnyInvocable<void()>;

// Tasks from other threads. Outlives its loop for whoever still holds it; what is posted then is
// dropped.
class Mailbox {
 public:
  explicit Mailbox(std::shared_ptr<sys::Poller> poller) : poller_(std::move(poller)) {}

  // Runs `task` on the loop, after all that was posted before. Any thread.
  void Post(Task task);

  // For the loop: what was posted since the last call.
  std::vector<Task> Take();
  // For the loop: drops what is there and all that comes.
  void Close();

 private:
  const std::shared_ptr<sys::Poller> poller_;
  base::Mutex mutex_;
  std::vector<Task> tasks_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

class Loop {
 public:
  using TimerId = std::pair<base::MonotonicTime, std::uint64_t>;

  // `clock` must outlive the loop. The loop belongs to the thread that creates it until Run is
  // called.
  static absl::StatusOr<std::unique_ptr<Loop>> Create(const base::Clock& clock);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs `task` on this loop's thread in one of its next turns, in order of posting. Any thread.
  void Post(Task task) { mailbox_->Post(std::move(task)); }
  // The same door for those who may outlive the loop.
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

  // Runs `task` once, at `time` or soon after.
  TimerId RunAt(base::MonotonicTime time, Task task);
  // Does nothing if the timer has run.
  void Cancel(TimerId timer);

  // Descriptors to watch; on the loop's thread only.
  sys::Poller& poller() { return *poller_; }

  // Runs until Stop; the calling thread becomes the loop's.
  void Run();
  // Ends Run after the turn under way. Any thread.
  void Stop();

  // One turn without waiting: posted tasks, then due timers. False if there was nothing to do. For
  // tests.
  bool RunReady();

  // When the next timer is due; absent if there is none.
  std::optional<base::MonotonicTime> NextTimer() const;

  // Whether the caller is on the loop's thread.
  bool IsCurrent() const { return std::this_thread::get_id() == thread_; }

 private:
  Loop(const base::Clock& clock, std::shared_ptr<sys::Poller> poller);
  bool RunTimers();
  std::optional<std::chrono::nanoseconds> UntilNextTimer() const;

  const base::Clock& clock_;
  const std::shared_ptr<sys::Poller> poller_;
  const std::shared_ptr<Mailbox> mailbox_;
  std::thread::id thread_ = std::this_thread::get_id();
  std::map<TimerId, Task> timers_;
  std::uint64_t next_timer_ = 0;
  bool stopped_ = false;
};

}  // namespace ichor
