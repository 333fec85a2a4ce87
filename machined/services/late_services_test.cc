#include "machined/services/late_services.h"

#include "catch2/catch_test_macros.hpp"
#include "ichor/boot.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_runtime.h"

namespace ichor {
namespace {

using boot::NodeStage;
using services::ServiceDefinition;

struct Machine {
  explicit Machine(bool fresh)
      : late(t.runtime,
             {LateServiceOf<NodeStage>(
                 "late",
                 [](const All<NodeStage>& stages) -> absl::StatusOr<Desired<ServiceDefinition>> {
                   ++calls;
                   Desired<ServiceDefinition> rows;
                   if (!stages.empty()) {
                     rows.Add("etcd", {});
                   }
                   return rows;
                 })},
             fresh) {
    t.runtime.AddSource<NodeStage>("test");
    t.runtime.OnSettled([this] { late.OnSettled(); });
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    Turn();
  }

  void Turn() {
    for (int i = 0; i < 3; ++i) {
      t.Advance(std::chrono::milliseconds(20));
    }
  }
  bool IsKnown() { return t.runtime.IsKnown(TypeRef::Of<ServiceDefinition>().kind); }

  static inline int calls = 0;
  TestRuntime t;
  LateServices late;
};

TEST_CASE("late services: in a new boot others do not wait for them") {
  Machine m(true);
  CHECK(m.IsKnown());
  CHECK(m.t.runtime.Read<ServiceDefinition>().empty());
  m.t.runtime.Publish<NodeStage>("test", {{"stage", {}}});
  m.Turn();
  CHECK(m.t.runtime.Read<ServiceDefinition>().size() == 1);
  m.t.runtime.Publish<NodeStage>("test", {});
  m.Turn();
  CHECK(m.t.runtime.Read<ServiceDefinition>().empty());
}

TEST_CASE("late services: nothing is said of what may run before it is known, also if it is none") {
  Machine m(false);
  CHECK_FALSE(m.IsKnown());
  m.t.runtime.Publish<NodeStage>("test", {});
  m.Turn();
  CHECK(m.IsKnown());
  const int before = Machine::calls;
  m.Turn();
  CHECK(Machine::calls <= before + 1);  // what it states does not keep it busy
}

}  // namespace
}  // namespace ichor
