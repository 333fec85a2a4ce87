// The values of the kernel that runs.
#pragma once

#include <string>

#include "lib/sys/kernel_values.h"

namespace ichor::sys {

class LinuxKernelValues : public KernelValues {
 public:
  absl::StatusOr<std::string> Read(const std::string& path) override;
  absl::Status Write(const std::string& path, const std::string& value) override;
};

}  // namespace ichor::sys
