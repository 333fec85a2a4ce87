// Actuators as the runtime runs them.
#include "lib/runtime/actuator_runner.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_controllers.h"
#include "lib/runtime/test_resources.h"
#include "lib/runtime/test_runtime.h"

namespace ichor {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Strings = std::vector<std::string>;

const TypeRef kA = TestType("A");
const TypeRef kB = TestType("B");
const TypeRef kReport = TestType("Report");

// An actuator "apply" over test/A, which the source "source" publishes.
struct Fixture {
  TestRuntime t;
  Probe probe;

  void AddActuator() { t.runtime.AddActuator(TestActuator("apply", {kA}, probe)); }
  void AddReporter() { t.runtime.AddActuator(TestReporter("apply", {kA}, kReport, probe)); }

  // Lets the source's last publication be taken, then publishes one row.
  void Publish(std::string_view text) {
    t.Advance(milliseconds(20));
    t.runtime.Publish("source", kA, {TestRow("x", text)});
    t.Settle();
  }
  std::string Status() { return ShowStatus(t.runtime, "apply"); }
  std::string Reported() { return ShowRows(t.store, "Report"); }
};

}  // namespace

TEST_CASE("actuator: it runs once per change") {
  Fixture f;
  f.AddActuator();
  f.Publish("1");
  f.Publish("2");
  f.t.Advance(seconds(1000));
  CHECK(f.probe.seen == Strings{"x=1", "x=2"});
  CHECK(f.Status() == "ok");
}

TEST_CASE("actuator: a failure is retried after 100 ms, doubled each time, up to 60 s") {
  Fixture f;
  f.AddActuator();
  f.probe.error = absl::UnavailableError("EAGAIN");
  f.Publish("1");
  std::vector<milliseconds> backoffs;
  for (milliseconds backoff(100); backoff < seconds(60); backoff *= 2) {
    backoffs.push_back(backoff);
  }
  REQUIRE(backoffs.back() == milliseconds(51'200));
  for (int i = 0; i < 40; ++i) {
    backoffs.emplace_back(seconds(60));
  }
  size_t runs = 1;
  for (const milliseconds backoff : backoffs) {
    INFO("run " << runs);
    REQUIRE(f.Status() == std::format("failing: EAGAIN, {} failures, retry in {}", runs, backoff));
    f.t.Advance(backoff - nanoseconds(1));
    REQUIRE(f.probe.runs() == runs);
    f.t.Advance(nanoseconds(1));
    REQUIRE(f.probe.runs() == ++runs);
  }
}

TEST_CASE("actuator: a success ends the retries, and the next failure begins at 100 ms again") {
  Fixture f;
  f.AddActuator();
  f.probe.error = absl::UnavailableError("EAGAIN");
  f.Publish("1");
  f.t.Advance(milliseconds(100));
  f.t.Advance(milliseconds(200));
  CHECK(f.Status() == "failing: EAGAIN, 3 failures, retry in 400ms");
  f.probe.error = absl::OkStatus();
  f.t.Advance(milliseconds(400));
  CHECK(f.probe.runs() == 4);
  CHECK(f.Status() == "ok");
  f.t.Advance(seconds(1000));
  CHECK(f.probe.runs() == 4);
  f.probe.error = absl::UnavailableError("EAGAIN");
  f.Publish("2");
  CHECK(f.Status() == "failing: EAGAIN, 1 failures, retry in 100ms");
}

TEST_CASE("actuator: a new input runs it at once, and the old retry is off") {
  Fixture f;
  f.AddActuator();
  f.probe.error = absl::UnavailableError("EAGAIN");
  f.Publish("1");
  f.t.Advance(seconds(20));  // far into the backoff
  const size_t runs = f.probe.runs();
  REQUIRE(f.Status() == "failing: EAGAIN, 8 failures, retry in 12800ms");
  f.probe.error = absl::OkStatus();
  f.t.runtime.Publish("source", kA, {TestRow("x", "2")});
  f.t.Settle();
  CHECK(f.probe.runs() == runs + 1);
  CHECK(f.Status() == "ok");
  f.t.Advance(seconds(100));
  CHECK(f.probe.runs() == runs + 1);
}

TEST_CASE("actuator: a change that comes while it fails is not kept waiting by the backoff") {
  Fixture f;
  f.AddActuator();
  f.probe.error = absl::UnavailableError("EAGAIN");
  f.t.executor.Hold("apply");
  f.Publish("1");
  f.Publish("2");
  f.t.executor.Release("apply");
  f.t.Settle();
  CHECK(f.probe.seen == Strings{"x=1", "x=2"});
  CHECK(f.Status() == "failing: EAGAIN, 2 failures, retry in 200ms");
}

TEST_CASE("actuator: one run is in flight, and changes meanwhile join into one more") {
  Fixture f;
  f.AddActuator();
  f.t.executor.Hold("apply");
  f.Publish("1");
  CHECK(f.Status() == "running");
  f.Publish("2");
  f.Publish("3");
  f.Publish("4");
  CHECK(f.probe.runs() == 0);
  f.t.executor.Release("apply");
  f.t.Settle();
  CHECK(f.probe.seen == Strings{"x=1", "x=4"});
}

TEST_CASE("actuator: a change that was taken back meanwhile still makes one more run") {
  Fixture f;
  f.AddActuator();
  f.t.executor.Hold("apply");
  f.Publish("1");
  f.Publish("2");
  f.Publish("1");
  f.t.executor.Release("apply");
  f.t.Settle();
  CHECK(f.probe.seen == Strings{"x=1", "x=1"});
}

TEST_CASE("actuator: it sees what was known when it started, whatever happens meanwhile") {
  Fixture f;
  std::vector<ResourcePtr> seen;
  f.t.runtime.AddActuator(
      {.name = "apply", .inputs = {kA, kB}, .outputs = {}, .run = [&](const Inputs& inputs) {
         seen.insert(seen.end(), inputs[0]->begin(), inputs[0]->end());
         seen.insert(seen.end(), inputs[1]->begin(), inputs[1]->end());
         return Outcome();
       }});
  f.t.executor.Hold("apply");
  f.t.runtime.Publish("other", kB, {TestRow("y", "1")});
  f.Publish("1");
  f.t.runtime.Publish("other", kB, {});
  f.Publish("2");
  f.t.executor.Release("apply");
  f.t.executor.RunOne();
  CHECK(Show(seen) == "x=1(source) y=1(other)");
}

TEST_CASE("actuator: one bad row stops neither the others nor the type, and is tried again") {
  Fixture f;
  f.AddReporter();
  f.t.runtime.Publish("source", kA, {TestRow("a", "1"), TestRow("b", "bad"), TestRow("c", "2")});
  f.t.Settle();
  CHECK(f.Reported() == "a=done 1(apply) b=failed bad(apply) c=done 2(apply)");
  CHECK(f.Status() == "failing: b is bad, 1 failures, retry in 100ms");
  f.t.Advance(milliseconds(100));
  CHECK(f.probe.runs() == 2);
  f.t.runtime.Publish("source", kA, {TestRow("a", "1"), TestRow("c", "2")});
  f.t.Settle();
  CHECK(f.Reported() == "a=done 1(apply) c=done 2(apply)");
  CHECK(f.Status() == "ok");
}

TEST_CASE("actuator: a report that did not change keeps its rows") {
  Fixture f;
  f.AddReporter();
  f.Publish("bad");
  const ResourcePtr row = f.t.store.Get("test", "Report", "x");
  f.t.Advance(seconds(10));
  CHECK(f.probe.runs() > 5);
  CHECK(f.t.store.Get("test", "Report", "x") == row);
}

TEST_CASE("actuator: a report that states a row twice is a failure, and the last one stays") {
  Fixture f;
  Rows report{TestRow("x", "1")};
  f.t.runtime.AddActuator(
      {.name = "apply", .inputs = {kA}, .outputs = {kReport}, .run = [&](const Inputs&) -> Outcome {
         return {.status = absl::OkStatus(), .report = report};
       }});
  f.Publish("1");
  CHECK(f.Reported() == "x=1(apply)");
  report = {TestRow("y"), TestRow("y")};
  f.Publish("2");
  CHECK(f.Reported() == "x=1(apply)");
  CHECK(f.Status() == "failing: row \"y\" is stated twice, 1 failures, retry in 100ms");
  report = {TestRow("y", "1")};
  f.t.Advance(milliseconds(100));
  CHECK(f.Reported() == "y=1(apply)");
}

TEST_CASE("actuator: its own report does not wake it, but it sees it") {
  Fixture f;
  f.t.runtime.AddActuator(TestReporter("apply", {kA, kReport}, kReport, f.probe));
  f.Publish("1");
  f.t.Advance(seconds(10));
  CHECK(f.probe.seen == Strings{"x=1 | "});
  f.Publish("2");
  CHECK(f.probe.seen == Strings{"x=1 | ", "x=2 | x=done 1"});
}

TEST_CASE("actuator: another owner's part of its report type wakes it") {
  const TypeRef many = TestType("Report", Writers::kMany);
  TestRuntime t;
  Probe first;
  Probe second;
  t.runtime.AddActuator(TestReporter("first", {kA, many}, many, first));
  t.runtime.AddActuator(TestReporter("second", {kB}, many, second));
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.runtime.Publish("source", kB, {});
  t.Settle();
  t.Advance(milliseconds(20));
  t.runtime.Publish("source", kB, {TestRow("y", "1")});
  t.Settle();
  CHECK(first.seen.back() == "x=1 | x=done 1 y=done 1");
}

TEST_CASE("actuator: its report may feed the reconciler that led to it") {
  TestRuntime t;
  Probe plan;
  Probe apply;
  const TypeRef desired = TestType("Desired");
  const TypeRef status = TestType("Status");
  // The report comes first, so that it hides the wish in the status once it is there.
  t.runtime.AddReconciler(TestReconciler("status", {kReport, kA}, status, plan));
  Probe ignored;
  t.runtime.AddReconciler(TestReconciler("plan", {kA}, desired, ignored));
  t.runtime.AddActuator(TestReporter("apply", {desired}, kReport, apply));
  t.runtime.Publish("source", kA, {TestRow("x", "1")});
  t.Settle();
  CHECK(plan.seen == Strings{" | x=1", "x=done 1 | x=1"});
  CHECK(ShowRows(t.store, "Status") == "x=done 1(status)");
  t.Advance(milliseconds(20));
  t.runtime.Publish("source", kA, {});
  t.Settle();
  CHECK(plan.seen.back() == " | ");
  CHECK(ShowRows(t.store, "Status").empty());
  CHECK(apply.runs() == 2);
}

TEST_CASE("actuator: reports are known from the start, as nothing was done yet") {
  TestRuntime t;
  Probe plan;
  Probe apply;
  t.runtime.AddReconciler(TestReconciler("plan", {kReport}, kB, plan));
  t.runtime.AddActuator(TestReporter("apply", {kA}, kReport, apply));
  t.Settle();
  CHECK(plan.seen == Strings{""});
  CHECK(apply.runs() == 0);
}

TEST_CASE("actuator: one that does not answer for 30 s is replaced and named") {
  Fixture f;
  f.AddReporter();
  f.t.executor.Hold("apply");
  f.Publish("1");
  f.t.Advance(seconds(30) - nanoseconds(1));
  CHECK(f.t.executor.replaced.empty());
  CHECK(f.Status() == "running");
  f.t.Advance(nanoseconds(1));
  CHECK(f.t.executor.replaced == Strings{"apply"});
  CHECK(f.Status() == "stuck: no answer for 30s");
  f.Publish("2");
  f.t.Advance(seconds(1000));
  CHECK(f.t.executor.replaced == Strings{"apply"});
  CHECK(f.Status() == "stuck: no answer for 30s");
  CHECK(f.probe.runs() == 0);  // still one run in flight
}

TEST_CASE("actuator: a late answer counts, and what changed meanwhile is done next") {
  Fixture f;
  f.AddReporter();
  f.t.executor.Hold("apply");
  f.Publish("1");
  f.t.Advance(seconds(40));
  f.Publish("2");
  f.t.executor.Release("apply");
  f.t.executor.RunOne();
  f.t.loop->RunReady();
  f.t.loop->RunReady();
  CHECK(f.Reported() == "x=done 1(apply)");
  f.t.Settle();
  CHECK(f.Reported() == "x=done 2(apply)");
  CHECK(f.Status() == "ok");
  CHECK(f.probe.seen == Strings{"x=1", "x=2"});
}

TEST_CASE("actuator: after a late failure it is tried again as after any other") {
  Fixture f;
  f.AddActuator();
  f.probe.error = absl::UnavailableError("EAGAIN");
  f.t.executor.Hold("apply");
  f.Publish("1");
  f.t.Advance(seconds(40));
  f.t.executor.Release("apply");
  f.t.Settle();
  CHECK(f.Status() == "failing: EAGAIN, 1 failures, retry in 100ms");
  f.t.executor.Hold("apply");
  f.t.Advance(milliseconds(100));
  f.t.Advance(seconds(30));  // and hangs again
  CHECK(f.t.executor.replaced == Strings{"apply", "apply"});
  CHECK(f.Status() == "stuck: no answer for 30s, 1 failures");
}

TEST_CASE("actuator: an answer in time is not taken for a hang later") {
  Fixture f;
  f.AddActuator();
  f.t.executor.Hold("apply");
  f.Publish("1");
  f.t.Advance(seconds(29));
  f.t.executor.Release("apply");
  f.t.Settle();
  f.t.executor.Hold("apply");
  f.Publish("2");
  f.t.Advance(seconds(29));
  CHECK(f.t.executor.replaced.empty());
  f.t.Advance(seconds(1));
  CHECK(f.t.executor.replaced == Strings{"apply"});
}

TEST_CASE("actuator: one that hangs stops no other") {
  Fixture f;
  f.AddActuator();
  Probe other;
  f.t.runtime.AddActuator(TestActuator("other", {kA}, other));
  f.t.executor.Hold("apply");
  f.Publish("1");
  f.Publish("2");
  CHECK(other.seen == Strings{"x=1", "x=2"});
}

TEST_CASE("actuator: the status shows no retry once the retry runs") {
  Fixture f;
  f.AddActuator();
  f.probe.error = absl::UnavailableError("EAGAIN");
  f.Publish("1");
  REQUIRE(f.Status() == "failing: EAGAIN, 1 failures, retry in 100ms");
  f.t.executor.Hold("apply");
  const bool by_timer = GENERATE(true, false);
  if (by_timer) {
    f.t.Advance(milliseconds(100));
  } else {
    f.Publish("2");
  }
  CHECK(f.Status() == "failing: EAGAIN, 1 failures");
}

TEST_CASE("actuator: an input that becomes unknown again stops the retries until it is known") {
  Fixture f;
  f.t.runtime.AddActuator(TestActuator("apply", {TestType("Many", Writers::kMany)}, f.probe));
  const TypeRef many = TestType("Many", Writers::kMany);
  f.probe.error = absl::UnavailableError("EAGAIN");
  f.t.runtime.Publish("source", many, {TestRow("x", "1")});
  f.t.Settle();
  f.t.runtime.AddSource("late", many);
  f.t.Advance(seconds(10));
  CHECK(f.probe.runs() == 1);
  f.t.runtime.Publish("late", many, {});
  f.t.Settle();
  CHECK(f.probe.runs() == 2);
}

}  // namespace ichor
