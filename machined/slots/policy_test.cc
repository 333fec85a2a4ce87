#include "machined/slots/policy.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using boot::BootSlot;
using network::NetworkStatus;
using runtime::MachineStatus;
using v1alpha1::Service;

const All<BootSlot> kOnTrial = AllOf<BootSlot>({{"B", Text("on_trial: true")}});
const All<MachineStatus> kMaintenance =
    AllOf<MachineStatus>({{"machine", Text("stage: MACHINE_STAGE_MAINTENANCE")}});
const All<Service> kWell = AllOf<Service>({{"apid", Text("running: true healthy: true")},
                                           {"dashboard", Text("running: false")},
                                           {"kubelet", Text("running: true healthy: false")},
                                           {"machined", Text("running: true healthy: true")},
                                           {"networkd", Text("running: true unknown: true")},
                                           {"udevd", Text("running: true healthy: true")}});
const All<NetworkStatus> kAddress = AllOf<NetworkStatus>({{"status", Text("address_ready: true")}});

// The problems of slot B; "healthy" alone if it has none.
std::vector<std::string> Judge(const All<MachineStatus>& machine, const All<Service>& services,
                               const All<NetworkStatus>& network) {
  auto judged = JudgeSlot(kOnTrial, machine, services, network);
  REQUIRE_THAT(judged, base::IsOk());
  const Rows rows = std::move(*judged).Take();
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().id == "B");
  const auto& health = static_cast<const boot::SlotHealth::Spec&>(*rows.front().spec->message());
  std::vector<std::string> said(health.problems().begin(), health.problems().end());
  CHECK(health.healthy() == said.empty());
  return said.empty() ? std::vector<std::string>{"healthy"} : said;
}

}  // namespace

TEST_CASE("slot health: our own services, a stage and an address, and nothing else") {
  CHECK(Judge(kMaintenance, kWell, kAddress) == std::vector<std::string>{"healthy"});
}

TEST_CASE("slot health: a machine with a config shall run") {
  CHECK(Judge(AllOf<MachineStatus>({{"machine", Text("stage: MACHINE_STAGE_RUNNING")}}), kWell,
              kAddress) == std::vector<std::string>{"healthy"});
  CHECK(Judge(AllOf<MachineStatus>({{"machine", Text("stage: MACHINE_STAGE_BOOTING")}}), kWell,
              kAddress) ==
        std::vector<std::string>{"the machine is neither in maintenance nor running"});
}

TEST_CASE("slot health: each problem is named") {
  const auto services = AllOf<Service>({{"apid", Text("running: true")},
                                        {"machined", Text("running: true healthy: true")},
                                        {"udevd", Text("healthy: true")}});
  CHECK(Judge(AllOf<MachineStatus>({}), services, AllOf<NetworkStatus>({})) ==
        std::vector<std::string>{"the machine is neither in maintenance nor running",
                                 "apid is not healthy", "networkd is not running",
                                 "udevd is not running", "there is no address"});
}

TEST_CASE("slot health: a committed slot is not judged") {
  auto judged =
      JudgeSlot(AllOf<BootSlot>({{"A", Text("firmware: 'uefi'")}}), kMaintenance, kWell, kAddress);
  REQUIRE_THAT(judged, base::IsOk());
  CHECK(std::move(*judged).Take().empty());
}

}  // namespace ichor
