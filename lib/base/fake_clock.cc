#include "lib/base/fake_clock.h"

#include "absl/log/check.h"

namespace ichor::base {

WallTime FakeClock::Now() const {
  using std::chrono::January;
  return std::chrono::sys_days{std::chrono::year{2026} / January / 1} + elapsed_;
}

MonotonicTime FakeClock::Monotonic() const {
  return MonotonicTime{elapsed_};
}

void FakeClock::Advance(std::chrono::nanoseconds duration) {
  CHECK_GE(duration.count(), 0);
  elapsed_ += duration;
}

}  // namespace ichor::base
