// A runtime for tests: fake clock, fake kernel, no threads, no sleeps.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "lib/base/fake_clock.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/store.h"
#include "lib/sys/fake_kernel.h"

namespace ichor {

// Keeps jobs until a test runs them, in an order that the seed decides.
class FakeExecutor : public Executor {
 public:
  explicit FakeExecutor(std::uint64_t seed) : random_(seed) {}

  JobId Run(const std::string& name, Task job) override;
  void Replace(JobId job) override;

  // Runs one of the jobs that are not held. False if there is none.
  bool RunOne();

  // Jobs of this controller hang from now on, until Release.
  void Hold(const std::string& name) { held_.insert(name); }
  void Release(const std::string& name) { held_.erase(name); }

  // Names of the controllers whose worker was replaced, in order.
  std::vector<std::string> replaced;

 private:
  struct Job {
    JobId id;
    std::string name;
    Task task;
  };
  std::vector<Job> jobs_;
  std::set<std::string> held_;
  std::mt19937_64 random_;
  JobId next_id_ = 1;
};

class TestRuntime {
 public:
  // `seed` decides in which order actuators complete.
  explicit TestRuntime(std::uint64_t seed = 0);

  // Runs everything that is ready, at the time that it is, until nothing is.
  void Settle();

  // Moves the clock forward by `duration`, stopping at each timer on the way, and settles.
  void Advance(std::chrono::nanoseconds duration);

  base::FakeClock clock;
  sys::FakeKernel kernel;
  std::unique_ptr<Loop> loop;
  FakeExecutor executor;
  Store store;
  Runtime runtime;
};

}  // namespace ichor
