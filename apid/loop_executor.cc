#include "apid/loop_executor.h"

#include <utility>

namespace ichor::apid {

Executor::JobId LoopExecutor::Run(const std::string& /*name*/, Task job) {
  loop_.Post(std::move(job));
  return ++last_;
}

}  // namespace ichor::apid
