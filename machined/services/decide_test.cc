#include "machined/services/decide.h"

#include <optional>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"
#include "machined/services/fingerprint.h"

namespace ichor {
namespace {

using services::ProcessSpec;
using services::ProcessStatus;
using services::ServiceDefinition;
using services::ServiceHealth;
using services::ServiceState;

struct Decided {
  Rows states;
  Rows processes;
  Rows published;
};

Decided Decide(const All<ServiceDefinition>& definitions, const All<ProcessStatus>& processes,
               const All<ServiceHealth>& healths) {
  absl::StatusOr<ServiceDecision> decision = DecideServices(definitions, processes, healths);
  REQUIRE_THAT(decision, base::IsOk());
  auto& [states, wanted, published] = *decision;
  return {.states = std::move(states).Take(),
          .processes = std::move(wanted).Take(),
          .published = std::move(published).Take()};
}

const ServiceState::Spec& StateOf(const Decided& decided, size_t index) {
  return static_cast<const ServiceState::Spec&>(*decided.states.at(index).spec->message());
}

std::vector<std::string> IdsOf(const Rows& rows) {
  std::vector<std::string> ids;
  for (const DesiredRow& row : rows) {
    ids.push_back(row.id);
  }
  return ids;
}

const All<ServiceDefinition> kUdev =
    AllOf<ServiceDefinition>({{"trigger", Text("once: true internal: true depends_on: 'udevd'")},
                              {"udevd", Text("health { unix_socket: '/run/udev/control' }")}});

}  // namespace

TEST_CASE("decide services: what else one waits for is said, and keeps it from starting only") {
  const auto definitions = AllOf<ServiceDefinition>(
      {{"cri", Text("depends_on: 'udevd' waits_for: ['the disk', 'the config']")}});
  const Decided waiting = Decide(definitions, AllOf<ProcessStatus>({}), AllOf<ServiceHealth>({}));
  CHECK(IdsOf(waiting.processes).empty());
  CHECK(StateOf(waiting, 0).message() ==
        "waits for service \"udevd\" to be up, the disk, the config");
  const Decided running = Decide(definitions, AllOf<ProcessStatus>({{"cri", Text("pid: 7")}}),
                                 AllOf<ServiceHealth>({}));
  CHECK(IdsOf(running.processes) == std::vector<std::string>{"cri"});
  CHECK(StateOf(running, 0).state() == ServiceState::Spec::RUNNING);
}

TEST_CASE("decide services: one that depends on nothing shall run; others wait and say for what") {
  const Decided decided = Decide(kUdev, AllOf<ProcessStatus>({}), AllOf<ServiceHealth>({}));
  CHECK(IdsOf(decided.processes) == std::vector<std::string>{"udevd"});
  CHECK(StateOf(decided, 0).state() == ServiceState::Spec::WAITING);
  CHECK(StateOf(decided, 0).message() == "waits for service \"udevd\" to be up");
  CHECK(StateOf(decided, 1).state() == ServiceState::Spec::PREPARING);
}

TEST_CASE("decide services: a dependency counts as up when its health check succeeded") {
  const auto running = AllOf<ProcessStatus>({{"udevd", Text("pid: 5")}});
  const auto sick = AllOf<ServiceHealth>({{"udevd", Text("message: 'refused'")}});
  const auto well = AllOf<ServiceHealth>({{"udevd", Text("healthy: true")}});
  CHECK(IdsOf(Decide(kUdev, running, sick).processes) == std::vector<std::string>{"udevd"});
  CHECK(IdsOf(Decide(kUdev, running, well).processes) ==
        std::vector<std::string>{"trigger", "udevd"});
}

TEST_CASE("decide services: what runs is kept when a dependency fails") {
  const auto both = AllOf<ProcessStatus>({{"trigger", Text("pid: 6")}, {"udevd", {}}});
  CHECK(IdsOf(Decide(kUdev, both, AllOf<ServiceHealth>({})).processes) ==
        std::vector<std::string>{"trigger", "udevd"});
}

TEST_CASE("decide services: what runs once is done when it succeeded, and tried again when not") {
  const auto well = AllOf<ServiceHealth>({{"udevd", Text("healthy: true")}});
  const auto done =
      AllOf<ProcessStatus>({{"trigger", Text("succeeded: true")}, {"udevd", Text("pid: 5")}});
  const Decided finished = Decide(kUdev, done, well);
  CHECK(IdsOf(finished.processes) == std::vector<std::string>{"udevd"});
  CHECK(StateOf(finished, 0).state() == ServiceState::Spec::FINISHED);
  const auto failed = AllOf<ProcessStatus>(
      {{"trigger", Text("ended: 'exited with 1' backing_off: true")}, {"udevd", Text("pid: 5")}});
  const Decided waiting = Decide(kUdev, failed, well);
  CHECK(IdsOf(waiting.processes) == std::vector<std::string>{"udevd"});
  CHECK(StateOf(waiting, 0).message() == "exited with 1; starts again after a pause");
}

TEST_CASE("decide services: what ran once in a container runs again with other parameters") {
  constexpr const char* kDefinition =
      "once: true process { container { image: 'a' revision: '1' } }";
  ProcessSpec::Spec ran;
  *ran.mutable_parameters()->mutable_container() = Text("image: 'a' revision: '1'");
  ProcessStatus::Spec status;
  status.set_succeeded(true);
  status.set_fingerprint(FingerprintOf(ran));
  const auto done = AllOf<ProcessStatus>({{"x", status}});
  const Decided same =
      Decide(AllOf<ServiceDefinition>({{"x", Text(kDefinition)}}), done, AllOf<ServiceHealth>({}));
  CHECK(StateOf(same, 0).state() == ServiceState::Spec::FINISHED);
  CHECK(IdsOf(same.processes).empty());
  const Decided other =
      Decide(AllOf<ServiceDefinition>(
                 {{"x", Text("once: true process { container { image: 'a' revision: '2' } }")}}),
             done, AllOf<ServiceHealth>({}));
  CHECK(StateOf(other, 0).state() == ServiceState::Spec::PREPARING);
  CHECK(IdsOf(other.processes) == std::vector<std::string>{"x"});
}

TEST_CASE("decide services: clients see the services that are not internal") {
  const auto running = AllOf<ProcessStatus>({{"udevd", Text("pid: 5")}});
  const auto well = AllOf<ServiceHealth>({{"udevd", Text("healthy: true")}});
  const Decided decided = Decide(kUdev, running, well);
  REQUIRE(IdsOf(decided.published) == std::vector<std::string>{"udevd"});
  const auto& service =
      static_cast<const v1alpha1::Service::Spec&>(*decided.published.front().spec->message());
  CHECK(service.running());
  CHECK(service.healthy());
  CHECK_FALSE(service.unknown());
  CHECK(StateOf(decided, 1).message() == "process 5");
}

TEST_CASE("decide services: without a health check, health is unknown") {
  const auto definitions = AllOf<ServiceDefinition>({{"networkd", {}}});
  const auto running = AllOf<ProcessStatus>({{"networkd", Text("pid: 5")}});
  const Decided decided = Decide(definitions, running, AllOf<ServiceHealth>({}));
  CHECK(StateOf(decided, 0).health_unknown());
  CHECK(StateOf(decided, 0).state() == ServiceState::Spec::RUNNING);
}

}  // namespace ichor
