// Directories and who may use what is in them.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace ichor::sys {

struct Ownership {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  unsigned mode = 0755;  // permission bits
};

// Makes the directory if there is none, and gives it to its owner. Its parent must be there. See
// mkdir(2), chown(2), chmod(2).
absl::Status MakeDirectory(const std::string& path, const Ownership& ownership);

// Gives a file or socket to its owner. What is right already is not touched: nobody notices.
absl::Status SetOwnership(const std::string& path, const Ownership& ownership);

}  // namespace ichor::sys
