#include "machined/services/plan.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"
#include "machined/services/fingerprint.h"

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

TEST_CASE("plan processes: what runs otherwise than it shall is stopped, and only that") {
  const ProcessSpec::Spec before = Text("parameters { arguments: '/usr/bin/a' }");
  const ProcessSpec::Spec after = Text("parameters { arguments: '/usr/bin/a' environment: 'A=b' }");
  const auto running = [&](std::uint64_t fingerprint) {
    ProcessStatus::Spec status;
    status.set_pid(7);
    status.set_fingerprint(fingerprint);
    return AllOf<ProcessStatus>({{"apid", status}, {"machined", Text("pid: 1")}});
  };
  const auto desired = AllOf<ProcessSpec>({{"apid", after}, {"machined", before}});
  CHECK(PlanProcesses(desired, running(FingerprintOf(before))) == Actions{{Verb::kStop, "apid"}});
  CHECK(PlanProcesses(desired, running(FingerprintOf(after))).empty());
  ProcessSpec::Spec provisional = after;
  provisional.set_provisional(true);
  const auto unsure = AllOf<ProcessSpec>({{"apid", provisional}, {"machined", before}});
  CHECK(PlanProcesses(unsure, running(FingerprintOf(before))).empty());
  CHECK(FingerprintOf(provisional) == FingerprintOf(after));
}

TEST_CASE("plan processes: what is being started is not taken for the process before it") {
  ProcessStatus::Spec status = Text("progress: 'pulls image a'");
  status.set_fingerprint(FingerprintOf(Text("parameters { arguments: '/usr/bin/before' }")));
  const auto observed = AllOf<ProcessStatus>({{"kubelet", status}});
  const auto desired =
      AllOf<ProcessSpec>({{"kubelet", Text("parameters { arguments: '/usr/bin/after' }")}});
  CHECK(PlanProcesses(desired, observed) == Actions{{Verb::kStart, "kubelet"}});
  CHECK(PlanProcesses(AllOf<ProcessSpec>({}), observed) == Actions{{Verb::kStop, "kubelet"}});
}

TEST_CASE("plan processes: what ended waits out its pause") {
  const auto desired = AllOf<ProcessSpec>({{"apid", {}}});
  CHECK(
      PlanProcesses(desired, AllOf<ProcessStatus>({{"apid", Text("backing_off: true")}})).empty());
  CHECK(PlanProcesses(desired, AllOf<ProcessStatus>({{"apid", Text("failures: 1")}})) ==
        Actions{{Verb::kStart, "apid"}});
}

}  // namespace ichor
