// Programs as children of this process.
#pragma once

#include "lib/sys/volume/programs.h"

namespace ichor::sys {

class LinuxPrograms : public Programs {
 public:
  absl::Status Run(const std::vector<std::string>& command, std::chrono::seconds limit) override;
};

}  // namespace ichor::sys
