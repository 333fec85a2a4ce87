// A kernel with state and rules but without a machine.
#pragma once

#include "lib/sys/kernel.h"

namespace ichor::sys {

class FakeKernel : public Kernel {
 public:
  absl::Status SetHostname(std::string_view name) override;
  absl::StatusOr<std::string> Hostname() override;

  // What the machine is called now; empty until it was set.
  std::string hostname;
  // If not OK, the next call fails with it, once.
  absl::Status fail_next;

 private:
  absl::Status TakeFailure();
};

}  // namespace ichor::sys
