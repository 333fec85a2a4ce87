#include "lib/runtime/loop_executor.h"

#include <utility>

namespace ichor {

Executor::JobId LoopExecutor::Run(const std::string& /*name*/, Task job) {
  loop_.Post(std::move(job));
  return ++last_;
}

}  // namespace ichor
