#include "lib/runtime/heap_trimmer.h"

#include <memory>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"

namespace ichor {
namespace {

TEST_CASE("the heap is trimmed 15 s after the start, each minute then, and no more after the end") {
  base::FakeClock clock;
  const std::unique_ptr<Loop> loop = *Loop::Create(clock);
  {
    const HeapTrimmer trimmer(*loop, clock);
    for (const int seconds : {15, 60, 60}) {
      CHECK(loop->NextTimer() == clock.Monotonic() + std::chrono::seconds(seconds));
      clock.Advance(std::chrono::seconds(seconds));
      CHECK(loop->RunReady());
    }
  }
  CHECK_FALSE(loop->NextTimer().has_value());
}

}  // namespace
}  // namespace ichor
