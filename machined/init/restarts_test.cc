#include "machined/init/restarts.h"

#include <array>

#include "catch2/catch_test_macros.hpp"

namespace ichor::init {
namespace {

// A machined that runs for `run` each time; what the policy said of each of `ends` ends.
struct Machine {
  RestartPolicy policy;
  Nanoseconds now = kSecond;

  Restart RunFor(Nanoseconds run, bool committed = true) {
    const Nanoseconds started = now;
    now += run;
    const Restart restart = policy.Ended(started, now, committed);
    now += restart.delay;
    return restart;
  }
};

}  // namespace

TEST_CASE(
    "init restart: the delay doubles up to five seconds, and starts anew after a good minute") {
  Machine machine;
  std::array<Nanoseconds, 8> delays{};
  for (Nanoseconds& delay : delays)
    delay = machine.RunFor(20 * kSecond).delay / kMillisecond;
  CHECK(delays == std::array<Nanoseconds, 8>{100, 200, 400, 800, 1600, 3200, 5000, 5000});
  CHECK(machine.RunFor(60 * kSecond).delay == 100 * kMillisecond);
}

TEST_CASE("init restart: the third end in a row sets the checkpoint aside") {
  Machine machine;
  CHECK_FALSE(machine.RunFor(20 * kSecond).no_checkpoint);
  CHECK_FALSE(machine.RunFor(20 * kSecond).no_checkpoint);
  CHECK(machine.RunFor(20 * kSecond).no_checkpoint);
  CHECK_FALSE(machine.RunFor(90 * kSecond).no_checkpoint);
}

TEST_CASE("init restart: six ends within a minute are a crash loop, five are not") {
  Machine machine;
  for (int i = 0; i < 5; ++i)
    CHECK_FALSE(machine.RunFor(kSecond).crash_loop);
  const Restart sixth = machine.RunFor(kSecond);
  CHECK(sixth.crash_loop);
  CHECK(sixth.last_known_good);
  CHECK_FALSE(sixth.reboot);
  CHECK(sixth.delay <= 5 * kSecond);
}

TEST_CASE("init restart: six ends over more than a minute are not a crash loop") {
  Machine machine;
  for (int i = 0; i < 20; ++i)
    CHECK_FALSE(machine.RunFor(15 * kSecond).crash_loop);
}

TEST_CASE("init restart: a crash loop in an uncommitted slot is a reboot") {
  Machine machine;
  for (int i = 0; i < 5; ++i)
    CHECK_FALSE(machine.RunFor(0, false).reboot);
  CHECK(machine.RunFor(0, false).reboot);
}

TEST_CASE("init restart: in a crash loop the starts are a minute apart, for ever") {
  Machine machine;
  for (int i = 0; i < 6; ++i)
    machine.RunFor(0);
  for (int i = 0; i < 100; ++i) {
    const Nanoseconds started = machine.now;
    const Restart restart = machine.RunFor(2 * kSecond);
    CHECK(restart.last_known_good);
    CHECK(machine.now - started == 60 * kSecond);
  }
  CHECK(machine.RunFor(3600 * kSecond).last_known_good);
}

}  // namespace ichor::init
