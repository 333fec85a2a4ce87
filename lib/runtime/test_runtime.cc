#include "lib/runtime/test_runtime.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ichor {

Executor::JobId FakeExecutor::Run(const std::string& name, Task job) {
  jobs_.push_back({.id = next_id_, .name = name, .task = std::move(job)});
  return next_id_++;
}

void FakeExecutor::Replace(JobId job) {
  const auto found = std::ranges::find(jobs_, job, &Job::id);
  replaced.push_back(found == jobs_.end() ? "" : found->name);
}

bool FakeExecutor::RunOne() {
  std::vector<size_t> ready;
  for (size_t i = 0; i < jobs_.size(); ++i) {
    if (!held_.contains(jobs_[i].name)) {
      ready.push_back(i);
    }
  }
  if (ready.empty()) {
    return false;
  }
  const auto chosen = jobs_.begin() + static_cast<std::ptrdiff_t>(ready[random_() % ready.size()]);
  Task task = std::move(chosen->task);
  jobs_.erase(chosen);
  task();
  return true;
}

TestRuntime::TestRuntime(std::uint64_t seed)
    : loop(*Loop::Create(clock)),
      executor(seed),
      store(clock),
      runtime(*loop, executor, store, clock) {}

void TestRuntime::Settle() {
  while (loop->RunReady() || executor.RunOne()) {
  }
}

void TestRuntime::Advance(std::chrono::nanoseconds duration) {
  const base::MonotonicTime end = clock.Monotonic() + duration;
  while (true) {
    Settle();
    const std::optional<base::MonotonicTime> timer = loop->NextTimer();
    if (!timer.has_value() || *timer > end) {
      break;
    }
    clock.Advance(std::max(*timer - clock.Monotonic(), std::chrono::nanoseconds(0)));
  }
  clock.Advance(end - clock.Monotonic());
  Settle();
}

}  // namespace ichor
