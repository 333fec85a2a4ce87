// Where actuators run: apart from the loop, since they may block.
#pragma once

#include <cstdint>
#include <string>

#include "lib/runtime/loop.h"

namespace ichor {

class Executor {
 public:
  using JobId = std::uint64_t;
  virtual ~Executor() = default;

  // Runs `job` soon, on another thread or when a test says so. `name` says whose it is. Called on
  // the loop's thread.
  virtual JobId Run(const std::string& name, Task job) = 0;

  // Says that `job` is stuck: it no longer counts against how many may run at once. If it ends some
  // day, well.
  virtual void Replace(JobId job) = 0;
};

}  // namespace ichor
