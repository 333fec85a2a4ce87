#include "lib/runtime/running_controller.h"

#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_resources.h"

namespace ichor {
namespace {

// Two types, A and B, each written by "writer".
struct Fixture {
  base::FakeClock clock;
  Store store{clock};
  TypeState a{store, TestType("A").kind};
  TypeState b{store, TestType("B").kind};

  Fixture() {
    a.rows.AddWriter("writer");
    b.rows.AddWriter("writer");
  }
  void State(TypeState& type, Rows rows) {
    REQUIRE_THAT(type.rows.State("writer", std::move(rows)), base::IsOk());
  }
  static RunningController Make(std::vector<TypeState*> inputs, std::vector<TypeState*> outputs) {
    return {Node{.name = "controller"}, std::move(inputs), std::move(outputs)};
  }
};

}  // namespace

TEST_CASE("running controller: the first unknown input is told, in order of the inputs") {
  Fixture f;
  const RunningController controller = Fixture::Make({&f.a, &f.b}, {});
  CHECK(controller.UnknownInput() == &f.a);
  f.State(f.a, {});
  CHECK(controller.UnknownInput() == &f.b);
  f.b.from_world = true;
  CHECK(controller.UnknownInput() == nullptr);
}

TEST_CASE("running controller: inputs count as changed until they were taken, and after a change") {
  Fixture f;
  RunningController controller = Fixture::Make({&f.a, &f.b}, {});
  f.State(f.a, {});
  f.State(f.b, {});
  CHECK(controller.InputsChanged());  // empty, but never seen
  CHECK(controller.Take().size() == 2);
  CHECK_FALSE(controller.InputsChanged());
  f.State(f.b, {TestRow("x", "1")});
  CHECK(controller.InputsChanged());
  const Inputs inputs = controller.Take();
  CHECK(inputs[0]->empty());
  CHECK(Show(*inputs[1]) == "x=1(writer)");
  f.State(f.b, {TestRow("x", "1")});
  CHECK_FALSE(controller.InputsChanged());
}

TEST_CASE("running controller: without inputs it counts as changed until it has finished once") {
  RunningController controller = Fixture::Make({}, {});
  CHECK(controller.UnknownInput() == nullptr);
  CHECK(controller.InputsChanged());
  controller.Take();
  controller.Finish(absl::UnavailableError("EAGAIN"));
  CHECK_FALSE(controller.InputsChanged());
}

TEST_CASE("running controller: its own rows do not count once they were seen, those of others do") {
  Fixture f;
  f.b.rows.AddWriter("controller");
  RunningController controller = Fixture::Make({&f.a, &f.b}, {&f.b});
  f.State(f.a, {});
  CHECK(controller.InputsChanged());
  controller.Take();
  REQUIRE_THAT(f.b.rows.State("controller", {TestRow("x", "1")}), base::IsOk());
  CHECK_FALSE(controller.InputsChanged());
  f.State(f.b, {TestRow("y", "1")});
  CHECK(controller.InputsChanged());
  CHECK(Show(*controller.Take()[1]) == "x=1(controller) y=1(writer)");
  for (int i = 0; i < 2 * EventLog::kMaxEvents; ++i) {  // more than the log remembers
    REQUIRE_THAT(f.b.rows.State("controller", {TestRow("x", std::to_string(i))}), base::IsOk());
  }
  CHECK(controller.InputsChanged());
}

TEST_CASE("running controller: its own row of the controller statuses does not count") {
  Fixture f;
  TypeState statuses(f.store, TestType("Statuses").kind);
  statuses.rows.AddWriter("runtime");
  RunningController controller = Fixture::Make({&statuses}, {});
  controller.Take();
  REQUIRE_THAT(statuses.rows.State("runtime", {TestRow("controller", "1")}), base::IsOk());
  CHECK_FALSE(controller.InputsChanged());
  REQUIRE_THAT(statuses.rows.State("runtime", {TestRow("other", "1")}), base::IsOk());
  CHECK(controller.InputsChanged());
}

TEST_CASE("running controller: what is being torn down is not an input") {
  Fixture f;
  RunningController controller = Fixture::Make({&f.a}, {});
  f.State(f.a, {TestRow("x", "1"), TestRow("y", "1")});
  REQUIRE_THAT(f.store.Teardown("test", "A", "x", "writer"), base::IsOk());
  CHECK(Show(*controller.Take()[0]) == "y=1(writer)");
}

TEST_CASE("running controller: failures count until the next success") {
  Fixture f;
  RunningController controller = Fixture::Make({&f.a}, {});
  CHECK_FALSE(controller.finished_once());
  CHECK(controller.Finish(absl::OkStatus()));
  CHECK(controller.finished_once());
  CHECK_FALSE(controller.Finish(absl::OkStatus()));
  CHECK(controller.Finish(absl::UnavailableError("EAGAIN")));
  CHECK(controller.Finish(absl::UnavailableError("EAGAIN")));  // one more failure is news
  CHECK(controller.failures() == 2);
  CHECK_THAT(controller.status(), base::StatusIs(absl::StatusCode::kUnavailable, "EAGAIN"));
  CHECK(controller.Finish(absl::OkStatus()));
  CHECK(controller.failures() == 0);
}

}  // namespace ichor
