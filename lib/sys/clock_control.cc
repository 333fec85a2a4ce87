#include "lib/sys/clock_control.h"

#include <sys/timex.h>

#include <cerrno>

#include "lib/sys/error.h"

namespace ichor::sys {

absl::StatusOr<bool> LinuxClockControl::IsSynchronized() {
  timex state{};
  if (adjtimex(&state) < 0) {
    return ErrnoError(errno, "read the clock's state");
  }
  return (static_cast<unsigned>(state.status) & STA_UNSYNC) == 0;
}

}  // namespace ichor::sys
