// Kubernetes' containerd on a node: it runs, is configured by the config, and comes back.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "common/common.pb.h"
#include "ichor/cri.resources.h"
#include "ichor/service.resources.h"
#include "lib/base/clock.h"
#include "lib/base/status.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/injector.h"
#include "qemu-tests/kills.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;
using machine::ApplyConfigurationRequest;

constexpr std::uint64_t kDiskBytes = std::uint64_t{8} << 30U;

constexpr const char* kParts = R"(---
apiVersion: v1alpha1
kind: CRICustomizationConfig
name: level
content: |
  [debug]
    level = "debug"
)";

// Waits until a service is healthy as another process than `before`, and returns that.
std::int32_t WaitForHealthy(NodeApi& api, const std::string& service, std::int32_t before) {
  const auto processes =
      api.WaitFor<services::ProcessStatus>("a new process of " + service, [&](const auto& rows) {
        const auto row = rows.find(service);
        return row != rows.end() && row->spec().pid() != 0 && row->spec().pid() != before;
      });
  REQUIRE_THAT(processes, IsOk());
  REQUIRE_THAT(api.WaitFor<v1alpha1::Service>(service + " to be healthy",
                                              [&](const auto& rows) {
                                                const auto row = rows.find(service);
                                                return row != rows.end() && row->spec().healthy();
                                              }),
               IsOk());
  return processes->find(service)->spec().pid();
}

std::int32_t WaitForCri(NodeApi& api, std::int32_t before) {
  return WaitForHealthy(api, "cri", before);
}

// The node's own containerd runs from the first time that an image is asked of it, also if that
// cannot be had. Its process.
std::int32_t RunsWhenNeeded(NodeApi& api) {
  const auto services = api.List<services::ServiceDefinition>();
  REQUIRE_THAT(services, IsOk());
  CHECK(services->find("containerd") == services->end());
  machine::ImageServicePullRequest pull;
  pull.set_image_ref("127.0.0.1:9/nobody/nothing:1");
  pull.mutable_containerd()->set_driver(common::CONTAINERD);
  pull.mutable_containerd()->set_namespace_(common::NS_SYSTEM);
  const auto pulled = api.CallOnce("/machine.ImageService/Pull", pull.SerializeAsString());
  CHECK_THAT(std::string(base::MessageOf(pulled.status())),
             ContainsSubstring("127.0.0.1:9/nobody/nothing:1 cannot be pulled"));
  return WaitForHealthy(api, "containerd", 0);
}

TEST_CASE("containers: containerd runs on a node with a config, as the config says, and comes back",
          "[containers][amd64]") {
  const auto cluster = NewCluster({"machine: {install: {disk: /dev/vda}}"});
  REQUIRE_THAT(cluster, IsOk());
  auto machine =
      Machine::Create({.disks = {{.size_bytes = kDiskBytes, .holds_image = true}}}, "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  NodeApi& api = machine->api();
  REQUIRE_THAT(WaitForMaintenance(api), IsOk());
  const auto services = api.List<services::ServiceDefinition>();
  REQUIRE_THAT(services, IsOk());
  CHECK(services->find("cri") == services->end());

  REQUIRE_THAT(api.Apply(cluster->config, ApplyConfigurationRequest::AUTO), IsOk());
  api.UseIdentity(cluster->Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  const std::int32_t first = WaitForCri(api, 0);
  const auto log = api.Logs("cri");
  REQUIRE_THAT(log, IsOk());
  CHECK_THAT(*log, ContainsSubstring("containerd successfully booted"));
  CHECK_THAT(*log, !ContainsSubstring("\"level\":\"debug\""));

  RunsWhenNeeded(api);
  REQUIRE_THAT(api.Apply(cluster->config + kParts, ApplyConfigurationRequest::NO_REBOOT), IsOk());
  WaitForCri(api, first);
  const auto again = api.Logs("cri");
  REQUIRE_THAT(again, IsOk());
  CHECK_THAT(*again, ContainsSubstring("\"level\":\"debug\""));

  machine->PowerCut();
  REQUIRE_THAT(machine->Start(), IsOk());
  machine->api().UseIdentity(cluster->Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(machine->api()), IsOk());
  WaitForCri(machine->api(), 0);
}

TEST_CASE("containers: containerd lives on without machined, and a reset takes what is mounted",
          "[containers][amd64]") {
  const auto cluster = NewCluster({"machine: {install: {disk: /dev/vda}}"});
  REQUIRE_THAT(cluster, IsOk());
  auto machine = Machine::Create({.firmware = Firmware::kDirectDisk,
                                  .disks = {{.size_bytes = kDiskBytes, .holds_image = true}},
                                  .has_injector = true},
                                 "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(machine->injector().WaitForBoot(), IsOk());
  REQUIRE_THAT(machine->injector().Tell("go", "gone"), IsOk());
  NodeApi& api = machine->api();
  REQUIRE_THAT(WaitForMaintenance(api), IsOk());
  REQUIRE_THAT(api.Apply(cluster->config, ApplyConfigurationRequest::AUTO), IsOk());
  api.UseIdentity(cluster->Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  const std::int32_t before = WaitForCri(api, 0);
  const std::int32_t memory = RunsWhenNeeded(api);
  REQUIRE_THAT(Kill(*machine, {.service = "machined", .process = "machined"}), IsOk());
  const auto known =
      api.WaitFor<cri::ContainerRuntime>("what containerd shall be", [](const auto& rows) {
        return !rows.empty() && !rows.front().spec().config_digest().empty();
      });
  REQUIRE_THAT(known, IsOk());
  REQUIRE_THAT(api.StaysUpUntil(base::RealClock().Monotonic() + std::chrono::seconds(5)), IsOk());
  CHECK(WaitForCri(api, 0) == before);
  CHECK(WaitForHealthy(api, "containerd", 0) == memory);

  machine::ResetRequest reset;
  reset.set_reboot(true);
  for (const char* const label : {"STATE", "EPHEMERAL"}) {
    auto* const partition = reset.add_system_partitions_to_wipe();
    partition->set_label(label);
    partition->set_wipe(true);
  }
  REQUIRE_THAT(api.CallOnce("/machine.MachineService/Reset", reset.SerializeAsString()), IsOk());
  // Booted as this test does it, the machine would not find its disk, whose partitions have new
  // names since the config was accepted.
  REQUIRE_THAT(machine->WaitForLine("reboot: Restarting system"), IsOk());
  const std::string console = machine->Console();
  CHECK_THAT(console, ContainsSubstring("XFS (vda7): Unmounting Filesystem"));
  CHECK_THAT(console, ContainsSubstring("XFS (vda6): Unmounting Filesystem"));
}

}  // namespace
}  // namespace ichor::qemu
