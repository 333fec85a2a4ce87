// Time as a dependency: code that needs it takes a Clock, so that tests decide what time it is.
#pragma once

#include <chrono>

namespace ichor::base {

// Wall-clock time, UTC, in nanoseconds; may jump.
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;
// Time since some start, never backwards; for intervals and deadlines.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Now() const = 0;
  virtual MonotonicTime Monotonic() const = 0;
};

// The kernel's clocks: CLOCK_REALTIME and CLOCK_MONOTONIC. See clock_gettime(2).
class RealClock : public Clock {
 public:
  WallTime Now() const override;
  MonotonicTime Monotonic() const override;
};

}  // namespace ichor::base
