// A clock that stands still until a test moves it.
#pragma once

#include "lib/base/clock.h"

namespace ichor::base {

// Starts at 2026-01-01T00:00:00Z. Not thread-safe.
class FakeClock : public Clock {
 public:
  WallTime Now() const override;
  MonotonicTime Monotonic() const override;

  // Moves both times forward. `duration` must not be negative.
  void Advance(std::chrono::nanoseconds duration);

 private:
  std::chrono::nanoseconds elapsed_{0};
};

}  // namespace ichor::base
