// Starts processes.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "lib/early/fd.h"
#include "machined/init/protocol.h"

namespace ichor::init {

// What to start. All pointers must live until Spawn() returns.
struct Launch {
  const char* path = nullptr;
  const char* const* argv = nullptr;
  const char* const* env = nullptr;
  const Start* settings =
      nullptr;         // identity, limits, flags, terminal; the strings behind it do not count
  int log_fd = -1;     // becomes descriptors 1 and 2
  int socket_fd = -1;  // becomes descriptor kMachinedFd, if not -1
  int cgroup_fd = -1;  // the cgroup's directory; -1 leaves the process where init is
};

// A child on its way to its program. The child writes a Failure to `status` and ends if it does not
// get there; `status` is closed without one when the program runs.
struct Child {
  pid_t pid = -1;  // -1: there is none, and errno says why
  early::Fd pidfd;
  early::Fd status;
};

struct Failure {
  Stage stage{};
  std::int32_t error = 0;
};

// Starts a child and does not wait for it. What the child does until its program runs is
// async-signal-safe.
Child Spawn(const Launch& launch);

}  // namespace ichor::init
