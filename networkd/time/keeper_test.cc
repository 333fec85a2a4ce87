#include "networkd/time/keeper.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::networkd {
namespace {

using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Verdict = TimeKeeper::Verdict;

NtpSample Off(std::chrono::nanoseconds offset) {
  return {.offset = offset, .delay = 10ms, .distance = 20ms};
}

}  // namespace

TEST_CASE("time keeper: the first measurement is believed, large or small") {
  TimeKeeper far(false, 0);
  CHECK(far.OnSample(Off(-5s)) == Verdict::kStep);
  CHECK(far.synchronized());
  CHECK(far.poll() == 32s);
  TimeKeeper near(false, 0);
  CHECK(near.OnSample(Off(400ms)) == Verdict::kSlew);
  CHECK(near.synchronized());
}

TEST_CASE("time keeper: a clock that was right is only stepped if two measurements agree") {
  TimeKeeper keeper(true, 0);
  CHECK(keeper.OnSample(Off(10s)) == Verdict::kRecheck);
  CHECK(keeper.poll() == 1s);
  CHECK(keeper.OnSample(Off(30s)) == Verdict::kRecheck);
  CHECK(keeper.OnSample(Off(30s)) == Verdict::kStep);
  CHECK(keeper.OnSample(Off(10s)) == Verdict::kRecheck);
  CHECK(keeper.OnSample(Off(1ms)) == Verdict::kSlew);  // it was a spike
  CHECK(keeper.OnSample(Off(10s)) == Verdict::kRecheck);
}

TEST_CASE("time keeper: good measurements make it ask less, bad ones more") {
  TimeKeeper keeper(true, 0);
  for (int i = 0; i < 10; ++i)
    keeper.OnSample(Off(1ms));
  CHECK(keeper.poll() == 2048s);
  keeper.OnSample(Off(-300ms));
  CHECK(keeper.poll() == 1024s);
  for (int i = 0; i < 10; ++i)
    keeper.OnSample(Off(300ms));
  CHECK(keeper.poll() == 32s);
}

TEST_CASE("time keeper: a jump of more than a quarter of an hour is a new epoch") {
  TimeKeeper keeper(true, 7);
  keeper.OnJump(15min);
  CHECK(keeper.epoch() == 7);
  keeper.OnJump(-16min);
  CHECK(keeper.epoch() == 8);
}

}  // namespace ichor::networkd
