#include "lib/base/clock.h"

namespace ichor::base {

WallTime RealClock::Now() const {
  return std::chrono::system_clock::now();
}

MonotonicTime RealClock::Monotonic() const {
  return std::chrono::steady_clock::now();
}

}  // namespace ichor::base
