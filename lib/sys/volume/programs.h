// Programs of others that are run to their end: mkfs.xfs and its like.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace ichor::sys {

// Thread-safe.
class Programs {
 public:
  virtual ~Programs() = default;

  // Runs `command`, whose first word is a path, without input and with an environment of PATH
  // alone. OK if it exits with 0. Internal says how else it ended, and the last that it wrote.
  // DeadlineExceeded, and it is killed, after `limit`. It is killed too when the caller's thread
  // ends. Blocks.
  virtual absl::Status Run(const std::vector<std::string>& command, std::chrono::seconds limit) = 0;
};

}  // namespace ichor::sys
