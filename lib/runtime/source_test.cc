#include "lib/runtime/source.h"

#include <chrono>
#include <map>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"
#include "lib/runtime/test_resources.h"

namespace ichor {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST_CASE("source: nothing noted is never due") {
  base::FakeClock clock;
  Source source;
  CHECK_FALSE(source.DueAt().has_value());
  CHECK(source.Take(clock.Monotonic()).empty());
  CHECK_FALSE(source.DueAt().has_value());
}

TEST_CASE("source: the first rows are due at once, the next after 20 ms") {
  base::FakeClock clock;
  Source source;
  const Kind kind = TestType("A").kind;
  source.Note(kind, {});
  REQUIRE(source.DueAt().has_value());
  CHECK(source.DueAt() <= clock.Monotonic());
  CHECK(source.Take(clock.Monotonic()).size() == 1);
  CHECK_FALSE(source.DueAt().has_value());
  clock.Advance(milliseconds(5));
  source.Note(kind, {});
  CHECK(source.DueAt() == clock.Monotonic() + milliseconds(15));
  clock.Advance(milliseconds(15));
  CHECK(source.Take(clock.Monotonic()).size() == 1);
}

TEST_CASE("source: after a pause rows are due at once again") {
  base::FakeClock clock;
  Source source;
  source.Note(TestType("A").kind, {});
  source.Take(clock.Monotonic());
  clock.Advance(milliseconds(20));
  source.Note(TestType("A").kind, {});
  CHECK(source.DueAt() == clock.Monotonic());
  clock.Advance(nanoseconds(1));
  REQUIRE(source.DueAt().has_value());
  CHECK(source.DueAt() < clock.Monotonic());
}

TEST_CASE("source: of one type the newest rows are taken, and all types go together") {
  base::FakeClock clock;
  Source source;
  source.Note(TestType("A").kind, {TestRow("old")});
  source.Note(TestType("B").kind, {});
  source.Note(TestType("A").kind, {TestRow("new")});
  const std::map<Kind, Rows> taken = source.Take(clock.Monotonic());
  REQUIRE(taken.size() == 2);
  REQUIRE(taken.at(TestType("A").kind).size() == 1);
  CHECK(taken.at(TestType("A").kind).front().id == "new");
  CHECK(taken.at(TestType("B").kind).empty());
}

}  // namespace ichor
