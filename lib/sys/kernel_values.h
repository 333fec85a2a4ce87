// Values of the kernel that are read and written as small files: sysctls in /proc/sys, attributes
// in /sys.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

// Thread-safe. What asks a driver blocks as long as that wants to.
class KernelValues {
 public:
  virtual ~KernelValues() = default;

  // The text of the file at `path` without white space around it. NotFound if this kernel has none;
  // PermissionDenied if it can only be written.
  virtual absl::StatusOr<std::string> Read(const std::string& path) = 0;

  // InvalidArgument or what else the kernel says if it does not take the value.
  virtual absl::Status Write(const std::string& path, const std::string& value) = 0;
};

}  // namespace ichor::sys
