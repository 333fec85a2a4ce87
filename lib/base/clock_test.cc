#include "lib/base/clock.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"

namespace ichor::base {

TEST_CASE("clock: the fake stands still until advanced, and moves both times") {
  using std::chrono::seconds;
  FakeClock clock;
  const WallTime wall = clock.Now();
  const MonotonicTime monotonic = clock.Monotonic();
  CHECK(clock.Now() == wall);
  clock.Advance(seconds(90));
  CHECK(clock.Now() - wall == seconds(90));
  CHECK(clock.Monotonic() - monotonic == seconds(90));
}

TEST_CASE("clock: the real monotonic time does not run backwards") {
  const RealClock clock;
  const MonotonicTime first = clock.Monotonic();
  CHECK(clock.Monotonic() >= first);
}

}  // namespace ichor::base
