// A clock to keep right, without the right to set any.
#pragma once

#include <vector>

#include "lib/sys/clock_control.h"

namespace ichor::sys {

class FakeClockControl : public ClockControl {
 public:
  absl::StatusOr<bool> IsSynchronized() override { return synchronized; }
  absl::Status Step(std::chrono::nanoseconds offset, const ClockError& error) override;
  absl::Status Slew(std::chrono::nanoseconds offset, const ClockError& error,
                    std::chrono::seconds poll) override;

  bool synchronized = false;
  // What was done, in order.
  std::vector<std::chrono::nanoseconds> steps;
  std::vector<std::chrono::nanoseconds> slews;
  // If not OK, stepping and slewing fail with it.
  absl::Status failure;
};

}  // namespace ichor::sys
