// The kernel's log through /dev/kmsg.
#pragma once

#include "lib/sys/kernel_log.h"

namespace ichor::sys {

class LinuxKernelLog : public KernelLog {
 public:
  absl::StatusOr<std::unique_ptr<KernelLogReader>> Open(bool only_new) override;
};

}  // namespace ichor::sys
