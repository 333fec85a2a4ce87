#include "apid/last_calls.h"

#include <chrono>
#include <memory>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"

namespace ichor::apid {
namespace {

using std::chrono_literals::operator""ms;

struct Fixture {
  // Whether the loop ends within `time`.
  bool EndsIn(std::chrono::milliseconds time) {
    for (const auto end = clock.Monotonic() + time; clock.Monotonic() < end;) {
      clock.Advance(20ms);
      loop->RunReady();
    }
    return !loop->NextTimer().has_value();
  }

  base::FakeClock clock;
  std::unique_ptr<Loop> loop = *Loop::Create(clock);
  std::size_t calls = 1;
};

}  // namespace

TEST_CASE("last calls: apid ends with the last one") {
  Fixture f;
  StopAfterCalls(*f.loop, f.clock, [&f] { return f.calls; });
  CHECK_FALSE(f.EndsIn(400ms));
  f.calls = 0;
  CHECK(f.EndsIn(20ms));
  f.loop->Run();  // ends at once
}

TEST_CASE("last calls: one that does not end is not waited for") {
  Fixture f;
  StopAfterCalls(*f.loop, f.clock, [&f] { return f.calls; });
  CHECK_FALSE(f.EndsIn(480ms));
  CHECK(f.EndsIn(20ms));
}

TEST_CASE("last calls: without any apid ends at once") {
  Fixture f;
  f.calls = 0;
  StopAfterCalls(*f.loop, f.clock, [&f] { return f.calls; });
  CHECK_FALSE(f.loop->NextTimer().has_value());
}

}  // namespace ichor::apid
