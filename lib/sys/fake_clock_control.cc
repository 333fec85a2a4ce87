#include "lib/sys/fake_clock_control.h"

#include "lib/base/status.h"

namespace ichor::sys {

absl::Status FakeClockControl::Step(std::chrono::nanoseconds offset, const ClockError& /*error*/) {
  RETURN_IF_ERROR(failure);
  steps.push_back(offset);
  synchronized = true;
  return absl::OkStatus();
}

absl::Status FakeClockControl::Slew(std::chrono::nanoseconds offset, const ClockError& /*error*/,
                                    std::chrono::seconds /*poll*/) {
  RETURN_IF_ERROR(failure);
  slews.push_back(offset);
  synchronized = true;
  return absl::OkStatus();
}

}  // namespace ichor::sys
