#include "lib/sys/clock_control.h"

#include <sys/timex.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>

#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;
// The kernel's time constant counts powers of two from 16 s.
constexpr int kPollOfConstant0 = 4;

absl::Status Adjust(timex& change, const char* what) {
  if (adjtimex(&change) >= 0) return absl::OkStatus();
  return errno == EPERM ? absl::PermissionDeniedError(ErrnoError(EPERM, what).message())
                        : ErrnoError(errno, what);
}

// The clock is right from here on, as far as `error` says: what clears the kernel's mark.
void Mark(const ClockError& error, timex& change) {
  change.modes |= ADJ_STATUS | ADJ_NANO | ADJ_ESTERROR | ADJ_MAXERROR;
  change.status = STA_PLL;
  if (error.leap_second != 0) change.status |= error.leap_second > 0 ? STA_INS : STA_DEL;
  change.esterror = std::chrono::duration_cast<std::chrono::microseconds>(error.estimated).count();
  change.maxerror = std::chrono::duration_cast<std::chrono::microseconds>(error.largest).count();
}

}  // namespace

absl::StatusOr<bool> LinuxClockControl::IsSynchronized() {
  timex state{};
  if (adjtimex(&state) < 0) {
    return ErrnoError(errno, "read the clock's state");
  }
  return (static_cast<unsigned>(state.status) & STA_UNSYNC) == 0;
}

absl::Status LinuxClockControl::Step(std::chrono::nanoseconds offset, const ClockError& error) {
  timex step{};
  step.modes = ADJ_SETOFFSET | ADJ_NANO;
  step.time.tv_sec = offset.count() / kNanoseconds;
  step.time.tv_usec = offset.count() % kNanoseconds;  // nanoseconds, with ADJ_NANO
  if (step.time.tv_usec < 0) {
    step.time.tv_usec += kNanoseconds;
    --step.time.tv_sec;
  }
  RETURN_IF_ERROR(Adjust(step, "step the clock"));
  return Slew(std::chrono::nanoseconds(0), error, std::chrono::seconds(1U << kPollOfConstant0));
}

absl::Status LinuxClockControl::Slew(std::chrono::nanoseconds offset, const ClockError& error,
                                     std::chrono::seconds poll) {
  timex change{};
  change.modes = ADJ_OFFSET | ADJ_TIMECONST;
  change.offset = offset.count();
  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(poll.count(), 1));
  change.constant = std::max(std::bit_width(seconds) - 1 - kPollOfConstant0, 0);
  Mark(error, change);
  return Adjust(change, "adjust the clock");
}

}  // namespace ichor::sys
