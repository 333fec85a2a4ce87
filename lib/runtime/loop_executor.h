// Runs actuators on the loop itself, for programs of one thread whose actuators never block.
#pragma once

#include <string>

#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"

namespace ichor {

class LoopExecutor : public Executor {
 public:
  // `loop` must outlive the executor.
  explicit LoopExecutor(Loop& loop) : loop_(loop) {}

  JobId Run(const std::string& name, Task job) override;
  void Replace(JobId /*job*/) override {}

 private:
  Loop& loop_;
  JobId last_ = 0;
};

}  // namespace ichor
