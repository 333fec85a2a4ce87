#include "machined/boot/machine_status.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using boot::NodeStage;
using boot::PowerRequest;
using network::NetworkStatus;
using time::TimeStatus;
using v1alpha1::Service;
namespace enums = talos::resource::definitions::enums;

const All<Service> kWell = AllOf<Service>({{"apid", Text("running: true healthy: true")},
                                           {"machined", Text("running: true healthy: true")},
                                           {"udevd", Text("running: true unknown: true")}});

runtime::MachineStatus::Spec Decide(const All<Service>& services,
                                    const All<PowerRequest>& power = AllOf<PowerRequest>({}),
                                    const std::string& stage = "stage: MAINTENANCE",
                                    const All<k8s::KubernetesReadiness>& kubernetes =
                                        AllOf<k8s::KubernetesReadiness>({{"kubernetes", {}}})) {
  absl::StatusOr<Desired<runtime::MachineStatus>> decided = DecideMachineStatus(
      services,
      AllOf<NetworkStatus>({{"status", Text("address_ready: true hostname_ready: true")}}),
      AllOf<TimeStatus>({}), power, AllOf<NodeStage>({{"stage", Text(stage)}}), kubernetes);
  REQUIRE_THAT(decided, base::IsOk());
  const Rows rows = std::move(*decided).Take();
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().id == "machine");
  return static_cast<const runtime::MachineStatus::Spec&>(*rows.front().spec->message());
}

}  // namespace

TEST_CASE("machine status: booting until the API can be reached, and says what is missing") {
  const auto status = Decide(
      AllOf<Service>({{"apid", Text("running: true")}, {"networkd", Text("unknown: true")}}));
  CHECK(status.stage() == enums::MACHINE_STAGE_BOOTING);
  CHECK_FALSE(status.status().ready());
  REQUIRE(status.status().unmet_conditions_size() == 3);
  CHECK(status.status().unmet_conditions(0).reason() == "time is not synced");
  CHECK(status.status().unmet_conditions(1).reason() == "waiting on: connectivity, etc-files");
  CHECK(status.status().unmet_conditions(2).name() == "services");
  CHECK(status.status().unmet_conditions(2).reason() ==
        "machined not running, apid not healthy, networkd not running");
}

TEST_CASE("machine status: without a config a machine that can be reached is in maintenance") {
  const auto status = Decide(kWell);
  CHECK(status.stage() == enums::MACHINE_STAGE_MAINTENANCE);
  CHECK(status.status().ready());
}

TEST_CASE("machine status: with a config it runs, and says what it still waits for") {
  const auto status = Decide(kWell, AllOf<PowerRequest>({}), "stage: CONFIGURED");
  CHECK(status.stage() == enums::MACHINE_STAGE_RUNNING);
  CHECK_FALSE(status.status().ready());
  REQUIRE(status.status().unmet_conditions_size() == 2);
  CHECK(status.status().unmet_conditions(0).name() == "time");
  CHECK(status.status().unmet_conditions(1).name() == "network");
}

TEST_CASE("machine status: a node of Kubernetes is ready when its node, pods and services are") {
  const auto none = AllOf<PowerRequest>({});
  const auto lacks = AllOf<k8s::KubernetesReadiness>(
      {{"kubernetes", Text("services: 'kubelet' node: 'node \"n\" "
                           "is not ready' static_pods: 'a pending'")}});
  const auto status = Decide(kWell, none, "stage: CONFIGURED", lacks);
  REQUIRE(status.status().unmet_conditions_size() == 5);
  CHECK(status.status().unmet_conditions(2).reason() == "kubelet not running");
  CHECK(status.status().unmet_conditions(3).name() == "staticPods");
  CHECK(status.status().unmet_conditions(3).reason() == "a pending");
  CHECK(status.status().unmet_conditions(4).name() == "nodeReady");
  CHECK(status.status().unmet_conditions(4).reason() == "node \"n\" is not ready");

  const auto unknown = AllOf<k8s::KubernetesReadiness>({});
  CHECK(Decide(kWell, none, "stage: CONFIGURED", unknown).status().unmet_conditions(2).name() ==
        "nodeReady");
  CHECK(Decide(kWell, none, "stage: INSTALLING", unknown).status().unmet_conditions_size() == 2);
}

TEST_CASE("machine status: a machine that makes its disk, or lost its config, still boots") {
  const auto none = AllOf<PowerRequest>({});
  CHECK(Decide(kWell, none, "stage: INSTALLING").stage() == enums::MACHINE_STAGE_BOOTING);
  const auto lost = Decide(kWell, none, "stage: RECOVERY reason: 'STATE holds no config'");
  CHECK(lost.stage() == enums::MACHINE_STAGE_BOOTING);
  CHECK(lost.status().unmet_conditions(0).name() == "config");
  CHECK(lost.status().unmet_conditions(0).reason() == "STATE holds no config");
}

TEST_CASE("machine status: going down comes before all else") {
  CHECK(Decide(kWell, AllOf<PowerRequest>({{"power", {}}})).stage() ==
        enums::MACHINE_STAGE_REBOOTING);
  CHECK(Decide(kWell, AllOf<PowerRequest>({{"power", Text("action: POWER_OFF")}})).stage() ==
        enums::MACHINE_STAGE_SHUTTING_DOWN);
}

}  // namespace ichor
