// What the kernel holds for the whole machine and no other door covers: its name.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

class Kernel {
 public:
  virtual ~Kernel() = default;

  // Sets the host name of this UTS namespace. InvalidArgument if it is empty or longer than 64
  // bytes; PermissionDenied without CAP_SYS_ADMIN. Does not block. See sethostname(2).
  virtual absl::Status SetHostname(std::string_view name) = 0;

  // The host name of this UTS namespace. Does not block. See gethostname(2).
  virtual absl::StatusOr<std::string> Hostname() = 0;
};

}  // namespace ichor::sys
