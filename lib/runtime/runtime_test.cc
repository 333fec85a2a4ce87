#include "lib/runtime/runtime.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "ichor/resource.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_controllers.h"
#include "lib/runtime/test_resources.h"
#include "lib/runtime/test_runtime.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {
namespace {

using network::HostnameSpec;
using network::HostnameStatus;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Strings = std::vector<std::string>;

const TypeRef kA = TestType("A");
const TypeRef kB = TestType("B");
const TypeRef kC = TestType("C");
const TypeRef kD = TestType("D");
const TypeRef kMany = TestType("Many", Writers::kMany);

base::StatusIs Refused(std::string message) {
  return {absl::StatusCode::kInvalidArgument, std::move(message)};
}

// The hostname of the first wish.
absl::StatusOr<Desired<HostnameStatus>> FirstWish(const All<HostnameSpec>& wishes) {
  Desired<HostnameStatus> desired;
  if (!wishes.empty()) {
    HostnameStatus::Spec status;
    status.set_hostname(wishes.front().spec().hostname());
    desired.Add("hostname", std::move(status));
  }
  return desired;
}

}  // namespace

TEST_CASE("runtime: what a source publishes flows through reconcilers to actuators") {
  TestRuntime t;
  t.runtime.Reconcile("choose", FirstWish);
  std::string applied = "nothing";
  t.runtime.Actuate<HostnameStatus>("apply", [&](const auto& desired) {
    applied = desired.empty() ? "none" : desired.front().spec().hostname();
    return absl::OkStatus();
  });
  REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  t.runtime.Publish<HostnameSpec>("config", {{"b", Text("hostname: 'n2'")}});
  t.runtime.Publish<HostnameSpec>("dhcp", {{"a", Text("hostname: 'n1'")}});
  t.Settle();
  CHECK(applied == "n1");
  CHECK(t.runtime.Read<HostnameStatus>().front().spec().hostname() == "n1");
  CHECK(t.runtime.Read<HostnameStatus>().front().metadata().owner == "choose");
  CHECK(t.runtime.Read<HostnameSpec>().find("b")->metadata().owner == "config");
  t.Advance(milliseconds(20));
  t.runtime.Publish<HostnameSpec>("dhcp", {});
  t.Settle();
  CHECK(applied == "n2");
  t.runtime.Publish<HostnameSpec>("config", {});
  t.Settle();
  CHECK(applied == "none");
  CHECK(t.runtime.Read<HostnameStatus>().empty());
}

TEST_CASE(
    "runtime: nothing runs before each input was published, and the status says which is missing") {
  TestRuntime t;
  Probe reconciler;
  Probe actuator;
  t.runtime.AddReconciler(TestReconciler("plan", {kA, kB}, kC, reconciler));
  t.runtime.AddActuator(TestActuator("apply", {kC}, actuator));
  t.runtime.AddSource("source", kA);
  t.Settle();
  CHECK(ShowStatus(t.runtime, "plan") == "waiting: waiting for test/A");
  CHECK(ShowStatus(t.runtime, "apply") == "waiting: waiting for test/C");
  CHECK(ShowStatus(t.runtime, "source") == "waiting");
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.Settle();
  CHECK(ShowStatus(t.runtime, "plan") == "waiting: waiting for test/B");
  CHECK(ShowStatus(t.runtime, "source") == "ok");
  CHECK(reconciler.runs() == 0);
  t.runtime.Publish("other", kB, {});  // known to be empty
  t.Settle();
  CHECK(reconciler.seen == Strings{"x=1 | "});
  CHECK(actuator.seen == Strings{"x=1"});
  CHECK(ShowStatus(t.runtime, "plan") == "ok");
  CHECK(ShowStatus(t.runtime, "apply") == "ok");
}

TEST_CASE("runtime: a type of several sources is known when the last of them has published") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("plan", {kMany}, kC, probe));
  t.runtime.AddSource("one", kMany);
  t.runtime.AddSource("two", kMany);
  t.runtime.Publish("one", kMany, {TestRow("x", "1")});
  t.Settle();
  CHECK(probe.runs() == 0);
  t.runtime.Publish("two", kMany, {});
  t.Settle();
  CHECK(probe.seen == Strings{"x=1"});
}

TEST_CASE("runtime: a controller without inputs runs once, without any publication") {
  TestRuntime t;
  Probe reconciler;
  Probe actuator;
  t.runtime.AddReconciler(TestReconciler("constant", {}, kA, reconciler));
  t.runtime.AddActuator(TestActuator("once", {}, actuator));
  t.Settle();
  t.Advance(seconds(100));
  CHECK(reconciler.runs() == 1);
  CHECK(actuator.runs() == 1);
  CHECK(ShowStatus(t.runtime, "constant") == "ok");
}

TEST_CASE("runtime: controllers registered late join in") {
  TestRuntime t;
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.Settle();
  Probe reconciler;
  Probe actuator;
  t.runtime.AddActuator(TestActuator("apply", {kB}, actuator));
  t.Settle();
  CHECK(ShowStatus(t.runtime, "apply") == "waiting: waiting for test/B");
  t.runtime.AddReconciler(TestReconciler("plan", {kA}, kB, reconciler));
  t.Settle();
  CHECK(reconciler.seen == Strings{"x=1"});
  CHECK(actuator.seen == Strings{"x=1"});
}

TEST_CASE("runtime: a failing reconciler keeps its output, and runs again when an input changes") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("plan", {kA}, kB, probe));
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.Settle();
  const ResourcePtr row = t.store.Get("test", "B", "x");
  probe.error = absl::InvalidArgumentError("no sense");
  t.Advance(milliseconds(20));
  t.runtime.Publish("source", kA, {TestRow("y", "2")});
  t.Settle();
  CHECK(probe.runs() == 2);
  CHECK(t.store.Get("test", "B", "x") == row);
  CHECK(ShowStatus(t.runtime, "plan") == "failing: no sense, 1 failures");
  t.Advance(seconds(1000));
  CHECK(probe.runs() == 2);  // it is pure: a retry cannot help
  t.runtime.Publish("source", kA, {TestRow("y", "3")});
  t.Settle();
  CHECK(ShowStatus(t.runtime, "plan") == "failing: no sense, 2 failures");
  probe.error = absl::OkStatus();
  t.Advance(milliseconds(20));
  t.runtime.Publish("source", kA, {TestRow("y", "4")});
  t.Settle();
  CHECK(ShowRows(t.store, "B") == "y=4(plan)");
  CHECK(ShowStatus(t.runtime, "plan") == "ok");
}

TEST_CASE("runtime: what never succeeded leaves its output unknown, not empty") {
  TestRuntime t;
  Probe first;
  Probe second;
  first.error = absl::InvalidArgumentError("no sense");
  t.runtime.AddReconciler(TestReconciler("first", {kA}, kB, first));
  t.runtime.AddReconciler(TestReconciler("second", {kB}, kC, second));
  t.runtime.Publish("source", kA, {});
  t.Settle();
  CHECK(second.runs() == 0);
  CHECK(ShowStatus(t.runtime, "second") == "waiting: waiting for test/B");
}

TEST_CASE("runtime: an answer with an id twice is a failure as a whole") {
  TestRuntime t;
  Rows twice{TestRow("x", "1"), TestRow("x", "2")};
  t.runtime.AddReconciler({.name = "twins",
                           .inputs = {kA},
                           .outputs = {kB, kC},
                           .run = [&](const Inputs&) -> absl::StatusOr<std::vector<Rows>> {
                             return std::vector<Rows>{{TestRow("y")}, twice};
                           }});
  t.runtime.Publish("source", kA, {});
  t.Settle();
  CHECK(ShowStatus(t.runtime, "twins") == "failing: row \"x\" is stated twice, 1 failures");
  CHECK(ShowRows(t.store, "B").empty());  // not even the good output
  CHECK(ShowRows(t.store, "C").empty());
}

TEST_CASE("runtime: a source that states an id twice is failing, and its last rows stay") {
  TestRuntime t;
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.Settle();
  t.Advance(milliseconds(20));
  t.runtime.Publish("source", kA, {TestRow("y"), TestRow("y")});
  t.Settle();
  CHECK(ShowRows(t.store, "A") == "x=1(source)");
  CHECK(ShowStatus(t.runtime, "source") ==
        "failing: test/A: row \"y\" is stated twice, 1 failures");
  t.Advance(milliseconds(20));
  t.runtime.Publish("source", kA, {});
  t.Settle();
  CHECK(ShowStatus(t.runtime, "source") == "ok");
}

TEST_CASE("runtime: each dirty reconciler runs once per change, after all it depends on") {
  TestRuntime t;
  Probe left;
  Probe right;
  Probe join;
  t.runtime.AddReconciler(TestReconciler("join", {kB, kC}, kD, join));
  t.runtime.AddReconciler(TestReconciler("left", {kA}, kB, left));
  t.runtime.AddReconciler(TestReconciler("right", {kA}, kC, right));
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.Settle();
  t.Advance(milliseconds(20));
  t.runtime.Publish("source", kA, {TestRow("x", "2")});
  t.Settle();
  CHECK(join.seen == Strings{"x=1 | x=1", "x=2 | x=2"});  // never a mixture
  CHECK(left.runs() == 2);
  CHECK(right.runs() == 2);
}

TEST_CASE("runtime: rows that did not change wake nobody") {
  TestRuntime t;
  Probe first;
  Probe second;
  Probe other;
  Probe actuator;
  t.runtime.AddReconciler(TestReconciler("first", {kA, kC}, kB, first));
  t.runtime.AddReconciler(TestReconciler("second", {kB}, kD, second));
  t.runtime.AddReconciler(TestReconciler("other", {kC}, TestType("E"), other));
  t.runtime.AddActuator(TestActuator("apply", {kB}, actuator));
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.runtime.Publish("source", kC, {TestRow("x", "2")});
  t.Settle();
  t.Advance(milliseconds(20));
  t.runtime.Publish("source", kA, {TestRow("x", "1")});  // the same again
  t.Settle();
  CHECK(first.runs() == 1);
  t.Advance(milliseconds(20));
  t.runtime.Publish("source", kC, {TestRow("x", "3")});  // hidden by the row of A
  t.Settle();
  CHECK(first.runs() == 2);
  CHECK(other.runs() == 2);
  CHECK(second.runs() == 1);
  CHECK(actuator.runs() == 1);
}

TEST_CASE("runtime: publications of a source within 20 ms are one, the last") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("plan", {kA}, kB, probe));
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.Settle();
  t.runtime.Publish("source", kA, {TestRow("x", "2")});
  t.Settle();
  t.Advance(milliseconds(10));
  t.runtime.Publish("source", kA, {TestRow("x", "3")});
  t.Settle();
  t.Advance(milliseconds(10) - std::chrono::nanoseconds(1));
  CHECK(probe.runs() == 1);
  t.Advance(std::chrono::nanoseconds(1));
  CHECK(probe.seen == Strings{"x=1", "x=3"});
  t.Advance(seconds(1));
  CHECK(probe.runs() == 2);
  t.runtime.Publish("source", kA, {TestRow("x", "4")});
  t.Settle();
  CHECK(probe.runs() == 3);  // after a pause: at once
}

TEST_CASE("runtime: two types of one source change together") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("plan", {kA, kB}, kC, probe));
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.runtime.Publish("source", kB, {TestRow("y", "1")});
  t.Settle();
  t.Advance(milliseconds(1));
  t.runtime.Publish("source", kA, {TestRow("x", "2")});
  t.Settle();
  t.Advance(milliseconds(1));
  t.runtime.Publish("source", kB, {TestRow("y", "2")});
  t.Advance(milliseconds(20));
  CHECK(probe.seen == Strings{"x=1 | y=1", "x=2 | y=2"});
}

TEST_CASE("runtime: a storm of one source does not delay another") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("plan", {kA, kB}, kC, probe));
  t.runtime.Publish("calm", kB, {TestRow("y", "1")});
  t.runtime.Publish("storm", kA, {TestRow("x", "0")});
  t.Advance(milliseconds(25));
  for (int i = 1; i <= 30; ++i) {
    t.runtime.Publish("storm", kA, {TestRow("x", std::to_string(i))});
    t.Advance(milliseconds(1));
  }
  CHECK(probe.seen == Strings{"x=0 | y=1", "x=1 | y=1", "x=20 | y=1"});
  t.runtime.Publish("calm", kB, {TestRow("y", "2")});
  t.Settle();
  CHECK(probe.seen.back() == "x=20 | y=2");
  t.Advance(milliseconds(20));
  CHECK(probe.seen.back() == "x=30 | y=2");
}

TEST_CASE("runtime: a second writer is refused, and both are named") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("first", {kA}, kB, probe));
  SECTION("a reconciler") {
    t.runtime.AddReconciler(TestReconciler("second", {kA}, kB, probe));
  }
  SECTION("a source") {
    t.runtime.AddSource("second", kB);
  }
  SECTION("an actuator") {
    t.runtime.AddActuator(TestReporter("second", {kA}, kB, probe));
  }
  CHECK_THAT(t.runtime.Validate(),
             Refused("test/B has one writer, but both \"first\" and \"second\" write it"));
}

TEST_CASE("runtime: the runtime itself is the one writer of controller statuses") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(
      TestReconciler("forger", {kA}, TypeRef::Of<runtime::ControllerStatus>(), probe));
  CHECK_THAT(t.runtime.Validate(), Refused("runtime/ControllerStatuses.runtime.ichor.dev has one "
                                           "writer, but both \"runtime\" and \"forger\" write it"));
}

TEST_CASE("runtime: a cycle is refused, and who is on it is named") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("one", {kB}, kA, probe));
  t.runtime.AddReconciler(TestReconciler("two", {kA}, kB, probe));
  CHECK_THAT(t.runtime.Validate(), Refused("cycle: one → test/A → two → test/B → one"));
}

TEST_CASE("runtime: one type in two namespaces is two types") {
  using Layered = InNamespace<HostnameSpec, "network-config">;
  TestRuntime t;
  t.runtime.Reconcile("merge", [](const All<Layered>& layered) {
    Desired<HostnameSpec> merged;
    for (const auto& row : layered) {
      merged.Add(row.id(), row.spec());
    }
    return absl::StatusOr<Desired<HostnameSpec>>(std::move(merged));
  });
  REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  t.runtime.Publish<Layered>("config", {{"a", Text("hostname: 'n1'")}});
  t.Settle();
  CHECK(t.runtime.Read<Layered>().front().metadata().kind->ns == "network-config");
  CHECK(t.runtime.Read<HostnameSpec>().front().metadata().kind->ns == "network");
  CHECK(t.runtime.Read<HostnameSpec>().front().spec().hostname() == "n1");
}

TEST_CASE("runtime: what a client writes into the state wakes those who read it") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("plan", {kA}, kB, probe));
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.Settle();
  Resource draft = Thing("y", "2");
  draft.metadata.kind = std::make_shared<const Kind>(kA.kind);
  REQUIRE_THAT(t.store.Create(draft, "client"), base::IsOk());
  t.Settle();
  CHECK(probe.seen.back() == "x=1 y=2");
  REQUIRE_THAT(t.store.Teardown("test", "A", "y", "client"), base::IsOk());
  t.Settle();
  CHECK(probe.seen.back() == "x=1");
}

TEST_CASE("runtime: a row with finalizers goes when a client lets go of it") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("plan", {kA}, kB, probe));
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.Settle();
  Resource held = *t.store.Get("test", "B", "x");
  held.metadata.finalizers = {"client"};
  REQUIRE_THAT(t.store.Update(held, "plan", std::nullopt), base::IsOk());
  t.Advance(milliseconds(20));
  t.runtime.Publish("source", kA, {});
  t.Settle();
  CHECK(ShowRows(t.store, "B") == "x=1(plan, tearingDown)");
  Resource released = *t.store.Get("test", "B", "x");
  released.metadata.finalizers.clear();
  REQUIRE_THAT(t.store.Update(released, "plan", std::nullopt), base::IsOk());
  t.Settle();
  CHECK(ShowRows(t.store, "B").empty());
}

TEST_CASE("runtime: an external type is known when its writer says so") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("plan", {kA}, kB, probe));
  t.Settle();
  CHECK(ShowStatus(t.runtime, "plan") == "waiting: waiting for test/A");
  Resource mirrored = Thing("x", "1");
  mirrored.metadata.kind = std::make_shared<const Kind>(kA.kind);
  mirrored.metadata.owner = "elsewhere";
  t.store.Restore(mirrored);
  t.Settle();
  CHECK(probe.runs() == 0);
  t.runtime.SetExternal(kA, true);
  t.Settle();
  CHECK(probe.seen == Strings{"x=1"});
  t.runtime.SetExternal(kA, false);  // the other side is gone
  t.store.Restore(mirrored);
  t.Settle();
  CHECK(probe.runs() == 1);
  CHECK(ShowRows(t.store, "B") == "x=1(plan)");
}

TEST_CASE("runtime: a contested row shows at who states it, and stops no other row") {
  TestRuntime t;
  t.runtime.Publish("first", kMany, {TestRow("x", "of first")});
  t.Settle();
  t.runtime.Publish("second", kMany, {TestRow("x", "of second"), TestRow("y", "of second")});
  t.Settle();
  CHECK(ShowRows(t.store, "Many") == "x=of first(first) y=of second(second)");
  CHECK(ShowStatus(t.runtime, "second") ==
        "failing: test/Many: row \"x\" is stated by \"first\" and \"second\", 1 failures");
  CHECK(ShowStatus(t.runtime, "first") == "ok");
}

TEST_CASE("runtime: controllers may read how controllers are") {
  TestRuntime t;
  Probe plan;
  std::string failing;
  t.runtime.AddReconciler(TestReconciler("plan", {kA}, kB, plan));
  t.runtime.Actuate<runtime::ControllerStatus>("watch", [&](const auto& statuses) {
    failing.clear();
    for (const auto& row : statuses) {
      if (row.spec().phase() == runtime::ControllerStatusSpec::FAILING) {
        failing += row.id();
      }
    }
    return absl::OkStatus();
  });
  plan.error = absl::InvalidArgumentError("no sense");
  t.runtime.Publish("source", kA, {});
  t.Settle();
  CHECK(failing == "plan");
}

TEST_CASE(
    "runtime: a failing controller that reads how controllers are is not woken by its failure") {
  TestRuntime t;
  const TypeRef statuses = TypeRef::Of<runtime::ControllerStatus>();
  Probe probe{.error = absl::UnavailableError("EAGAIN")};
  SECTION("a reconciler") {
    t.runtime.AddReconciler(TestReconciler("plan", {statuses}, kB, probe));
  }
  SECTION("an actuator") {
    t.runtime.AddActuator(TestActuator("apply", {statuses}, probe));
  }
  for (int i = 0; i < 1000 && (t.loop->RunReady() || t.executor.RunOne()); ++i) {
  }
  CHECK(probe.runs() == 1);
}

TEST_CASE("runtime: the status of each controller tells its kind, inputs and outputs") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("plan", {kA, kB}, kC, probe));
  t.runtime.AddActuator(TestReporter("apply", {kC}, kD, probe));
  t.runtime.AddSource("source", kA);
  t.runtime.AddSource("source", kB);
  t.runtime.AddSource("source", kA);
  t.Settle();
  const auto statuses = t.runtime.Read<runtime::ControllerStatus>();
  REQUIRE(statuses.size() == 3);
  const auto show = [&](std::string_view name) {
    const auto& spec = statuses.find(name)->spec();
    std::string text = std::to_string(spec.kind());
    for (const std::string& input : spec.inputs()) {
      text += " <" + input;
    }
    for (const std::string& output : spec.outputs()) {
      text += " >" + output;
    }
    return text;
  };
  CHECK(show("source") == "0 >test/A >test/B");
  CHECK(show("plan") == "1 <test/A <test/B >test/C");
  CHECK(show("apply") == "2 <test/C >test/D");
  CHECK(statuses.front().metadata().owner == "runtime");
}

TEST_CASE("runtime: the graph is drawn from what is registered") {
  TestRuntime t;
  Probe probe;
  t.runtime.AddReconciler(TestReconciler("plan", {kA}, kB, probe));
  CHECK(t.runtime.Dependencies() == R"(digraph controllers {
  rankdir=LR;
  "plan" -> "test/B";
  "plan" [shape=box, label="plan\nreconciler"];
  "test/A" -> "plan";
}
)");
}

TEST_CASE("runtime: it may end with publications, settles, jobs and timers under way") {
  base::FakeClock clock;
  const std::unique_ptr<Loop> loop = *Loop::Create(clock);
  FakeExecutor executor(0);
  Store store(clock);
  Probe probe{.error = absl::UnavailableError("EAGAIN")};
  {
    Runtime runtime(*loop, executor, store, clock);
    runtime.AddActuator(TestActuator("retrying", {kA}, probe));
    runtime.AddActuator(TestActuator("in flight", {kB}, probe));
    runtime.Publish("a", kA, {});
    loop->RunReady();
    executor.RunOne();
    loop->RunReady();  // its retry is scheduled
    runtime.Publish("b", kB, {});
    loop->RunReady();  // its job waits
    runtime.Publish("a", kA, {TestRow("x")});
    runtime.Publish("c", kC, {});
    runtime.Publish("c", kC, {});
  }
  const size_t runs = probe.runs();
  Resource draft = Thing("x");
  REQUIRE_THAT(store.Create(draft, ""), base::IsOk());
  clock.Advance(seconds(100));
  while (loop->RunReady() || executor.RunOne()) {
  }
  CHECK(probe.runs() == runs + 1);  // a job that was on its way runs, and nobody hears of it
}

TEST_CASE("runtime: jobs and tasks that outlive everything do no harm") {
  FakeExecutor executor(0);
  Probe probe;
  {
    base::FakeClock clock;
    const std::unique_ptr<Loop> loop = *Loop::Create(clock);
    Store store(clock);
    Runtime runtime(*loop, executor, store, clock);
    runtime.AddActuator(TestReporter("apply", {kA}, kB, probe));
    runtime.Publish("a", kA, {TestRow("x", "1")});
    loop->RunReady();
  }
  CHECK(executor.RunOne());
  CHECK(probe.seen == Strings{"x=1"});
}

}  // namespace ichor
