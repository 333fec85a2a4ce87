// The kernel's clock as somebody who keeps it right sees it. See adjtimex(2).
#pragma once

#include <chrono>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

// What comes with a measured offset.
struct ClockError {
  std::chrono::nanoseconds estimated{0};
  std::chrono::nanoseconds largest{0};
  int leap_second = 0;  // 1: the last minute of this day has 61 s; -1: it has 59
};

// Nothing here blocks. PermissionDenied without CAP_SYS_TIME.
class ClockControl {
 public:
  virtual ~ClockControl() = default;
  // Whether somebody keeps the clock right: it is not marked as unsynchronized.
  virtual absl::StatusOr<bool> IsSynchronized() = 0;
  // Moves the clock at once; it counts as synchronized from then on.
  virtual absl::Status Step(std::chrono::nanoseconds offset, const ClockError& error) = 0;
  // Lets the kernel take the clock there slowly, and learn its frequency: at most 500 ms either
  // way. It counts as synchronized from then on. `poll` is the time until the next measurement.
  virtual absl::Status Slew(std::chrono::nanoseconds offset, const ClockError& error,
                            std::chrono::seconds poll) = 0;
};

class LinuxClockControl : public ClockControl {
 public:
  absl::StatusOr<bool> IsSynchronized() override;
  absl::Status Step(std::chrono::nanoseconds offset, const ClockError& error) override;
  absl::Status Slew(std::chrono::nanoseconds offset, const ClockError& error,
                    std::chrono::seconds poll) override;
};

}  // namespace ichor::sys
