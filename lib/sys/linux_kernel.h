// sys::Kernel by the system calls of the kernel this process runs on.
#pragma once

#include "lib/sys/kernel.h"

namespace ichor::sys {

// Stateless; any thread may call it.
class LinuxKernel : public Kernel {
 public:
  absl::Status SetHostname(std::string_view name) override;
  absl::StatusOr<std::string> Hostname() override;
};

}  // namespace ichor::sys
