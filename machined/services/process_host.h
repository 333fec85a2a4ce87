// Who starts and stops processes for us: init, and containerd those in containers.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "ichor/service.resources.h"

namespace ichor {

class ProcessHost {
 public:
  virtual ~ProcessHost() = default;

  // Asks for a process; does not wait for it. That it runs, or why not, is seen in ProcessStatus.
  // Asking for one that runs already does nothing. InvalidArgument for what init could not express;
  // Unavailable if init does not listen now. Any thread; does not block.
  virtual absl::Status Start(const std::string& id, const services::ProcessSpec::Spec& process) = 0;

  // Asks the process to end (SIGTERM); what is left of its cgroup after 15 s is killed. One that is
  // still being prepared is given up. Does nothing if it does not run, or was asked already. Any
  // thread; does not block.
  virtual absl::Status Stop(const std::string& id) = 0;
};

}  // namespace ichor
