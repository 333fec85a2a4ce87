// What the kernel knows about its own clock. See adjtimex(2).
#pragma once

#include "absl/status/statusor.h"

namespace ichor::sys {

class ClockControl {
 public:
  virtual ~ClockControl() = default;
  // Whether somebody keeps the clock right: it is not marked as unsynchronized. Does not block.
  virtual absl::StatusOr<bool> IsSynchronized() = 0;
};

class LinuxClockControl : public ClockControl {
 public:
  absl::StatusOr<bool> IsSynchronized() override;
};

}  // namespace ichor::sys
