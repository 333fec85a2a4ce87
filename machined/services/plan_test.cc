#include "machined/services/plan.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {

using services::ProcessSpec;
using services::ProcessStatus;
using Verb = ProcessAction::Kind;
using Actions = std::vector<ProcessAction>;

TEST_CASE("plan processes: what is missing starts, what runs stays, what nobody wants stops") {
  const auto desired = AllOf<ProcessSpec>({{"apid", {}}, {"networkd", {}}});
  const auto observed = AllOf<ProcessStatus>({{"apid", Text("pid: 7")}, {"old", Text("pid: 8")}});
  CHECK(PlanProcesses(desired, observed) ==
        Actions{{Verb::kStop, "old"}, {Verb::kStart, "networkd"}});
}

TEST_CASE("plan processes: a process that was told to end is left to end") {
  const auto observed = AllOf<ProcessStatus>({{"old", Text("pid: 8 stopping: true")}});
  CHECK(PlanProcesses(AllOf<ProcessSpec>({}), observed).empty());
  CHECK(PlanProcesses(AllOf<ProcessSpec>({{"old", {}}}), observed).empty());
}

TEST_CASE("plan processes: what ended waits out its pause") {
  const auto desired = AllOf<ProcessSpec>({{"apid", {}}});
  CHECK(
      PlanProcesses(desired, AllOf<ProcessStatus>({{"apid", Text("backing_off: true")}})).empty());
  CHECK(PlanProcesses(desired, AllOf<ProcessStatus>({{"apid", Text("failures: 1")}})) ==
        Actions{{Verb::kStart, "apid"}});
}

}  // namespace ichor
