#include "machined/services/health_checker.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"

namespace ichor {
namespace {

using services::ProcessStatus;
using services::ServiceDefinition;
using services::ServiceHealth;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

}  // namespace

TEST_CASE("health: who is not well is asked soon at first, then as rarely as who is") {
  CHECK(PauseOfUnwell(0s) == 100ms);
  CHECK(PauseOfUnwell(800ms) == 100ms);
  CHECK(PauseOfUnwell(4s) == 500ms);
  CHECK(PauseOfUnwell(40s) == 5s);
  CHECK(PauseOfUnwell(1h) == 5s);
}

TEST_CASE("health: a service that stays unwell is asked every 5 s in the end") {
  TestRuntime t;
  HealthChecker checker(*t.loop, t.runtime, t.clock);
  t.runtime.Publish<ServiceDefinition>(
      "boot", {{"udevd", Text("health { unix_socket: '/nowhere/control' }")}});
  t.runtime.Publish<ProcessStatus>("init", {{"udevd", Text("pid: 7")}});
  t.Settle();
  checker.OnSettled();
  t.Advance(60s);
  CHECK_FALSE(t.runtime.Read<ServiceHealth>().find("udevd")->spec().healthy());
  const auto next = t.loop->NextTimer();
  REQUIRE(next.has_value());
  t.Advance(*next - t.clock.Monotonic());
  CHECK(*t.loop->NextTimer() - t.clock.Monotonic() == 5s);
}

}  // namespace ichor
