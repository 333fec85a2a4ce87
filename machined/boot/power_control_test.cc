#include "machined/boot/power_control.h"

#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "ichor/service.resources.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"

namespace ichor {
namespace {

using boot::PowerRequest;
using services::ProcessStatus;
using Action = PowerControl::Action;

struct Machine {
  void Settle() {
    t.Advance(std::chrono::milliseconds(20));
    control.OnSettled();
  }

  TestRuntime t;
  bool taken = true;
  std::vector<Action> orders;
  PowerControl control{*t.loop, t.runtime, t.clock, [this](const PowerRequest::Spec& request) {
                         orders.push_back(request.action());
                         return taken;
                       }};
};

}  // namespace

TEST_CASE("power: the machine goes down once, when the last service has ended") {
  Machine m;
  m.control.Begin();
  m.t.runtime.Publish<ProcessStatus>("init",
                                     {{"apid", Text("pid: 7")}, {"machined", Text("pid: 2")}});
  m.Settle();
  m.control.Request(Text("action: POWER_OFF actor_id: 'actor'"));
  m.Settle();
  CHECK(m.orders.empty());
  CHECK(m.t.runtime.Read<PowerRequest>().front().spec().actor_id() == "actor");

  m.t.runtime.Publish<ProcessStatus>("init", {{"apid", {}}, {"machined", Text("pid: 2")}});
  m.Settle();
  CHECK(m.orders == std::vector<Action>{PowerRequest::Spec::POWER_OFF});
  m.t.Advance(PowerControl::kPatience);
  CHECK(m.orders.size() == 1);
}

TEST_CASE("power: a request outlives the machined that took it") {
  Machine before;
  before.control.Begin();
  before.control.Request(Text("action: POWER_OFF actor_id: 'actor'"));
  before.Settle();
  const Kind kind = TypeRef::Of<PowerRequest>().kind;

  Machine m;
  m.t.store.Restore(*before.t.store.Get(kind.ns, kind.type, "power"));
  m.control.Begin();
  m.t.runtime.Publish<ProcessStatus>("init", {{"apid", Text("pid: 7")}});
  m.Settle();
  REQUIRE(m.t.runtime.Read<PowerRequest>().size() == 1);
  CHECK(m.t.runtime.Read<PowerRequest>().front().spec().actor_id() == "actor");
  CHECK(m.orders.empty());
  m.t.runtime.Publish<ProcessStatus>("init", {});
  m.Settle();
  CHECK(m.orders == std::vector<Action>{PowerRequest::Spec::POWER_OFF});
}

TEST_CASE("power: a service that does not end is waited for so long and no longer") {
  Machine m;
  m.control.Begin();
  m.t.runtime.Publish<ProcessStatus>("init", {{"apid", Text("pid: 7")}});
  m.control.Request(Text("action: RESTART actor_id: 'actor'"));
  m.taken = false;
  m.t.Advance(PowerControl::kPatience);
  CHECK(m.orders == std::vector<Action>{PowerRequest::Spec::RESTART});
  m.taken = true;
  m.t.Advance(std::chrono::seconds(1));
  CHECK(m.orders.size() == 2);  // init did not take the first order
  m.t.Advance(std::chrono::seconds(5));
  CHECK(m.orders.size() == 2);
}

}  // namespace ichor
