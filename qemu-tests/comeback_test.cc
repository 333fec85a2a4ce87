// A config or a disk that cuts the owner off, and how the node comes back: S5.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "ichor/boot.resources.h"
#include "ichor/node_service.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/disk/system_table.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/flashed_disk.h"
#include "qemu-tests/kills.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/test_files.h"
#include "qemu-tests/wait.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;
using machine::ApplyConfigurationRequest;

constexpr std::uint64_t kDiskBytes = std::uint64_t{8} << 30U;
// Longer than a boot takes.
constexpr std::chrono::seconds kWindow{90};

// A node with a config, on the raw disk `path`.
Machine OwnedMachine(const Cluster& cluster, const std::string& path) {
  std::filesystem::create_directories(TestDirectory());
  REQUIRE_THAT(FlashDisk(path, kDiskBytes), IsOk());
  auto machine = Machine::Create({.disks = {{.file = path}}}, "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(WaitForMaintenance(machine->api()), IsOk());
  REQUIRE_THAT(machine->api().Apply(cluster.config, ApplyConfigurationRequest::AUTO), IsOk());
  machine->api().UseIdentity(cluster.Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(machine->api()), IsOk());
  return *std::move(machine);
}

// The same config with an address on the only card that nobody reaches, and no DHCP.
std::string Unreachable(NodeApi& api, const std::string& config) {
  const auto links = api.List<network::LinkStatus>();
  REQUIRE_THAT(links, IsOk());
  for (const auto& link : *links) {
    if (link.spec().kind().empty() && link.id() != "lo") {
      return config + "---\napiVersion: v1alpha1\nkind: LinkConfig\nname: " + link.id() +
             "\naddresses: [{address: 192.0.2.7/24}]\n";
    }
  }
  FAIL("the node has no card");
  return "";
}

ichor::v1::ApplyRequest Request(const std::string& config) {
  ichor::v1::ApplyRequest request;
  request.set_config(config);
  return request;
}

constexpr const char* kApply = "/ichor.v1.NodeService/Apply";

TEST_CASE("comeback: a config that cuts the network is refused, or gone when nobody confirms it",
          "[install][amd64]") {
  const auto cluster = NewCluster({"machine: {install: {disk: /dev/vda}}"});
  REQUIRE_THAT(cluster, IsOk());
  Machine machine = OwnedMachine(*cluster, TestDirectory() + "/disk.raw");
  const std::string dead = Unreachable(machine.api(), cluster->config);

  auto request = Request(dead);
  const auto refused = machine.api().CallOnce(kApply, request.SerializeAsString());
  CHECK(absl::IsFailedPrecondition(refused.status()));
  CHECK_THAT(std::string(refused.status().message()), ContainsSubstring("--mode=staged"));
  CHECK_THAT(std::string(refused.status().message()), ContainsSubstring("--force"));

  request.mutable_confirm_within()->set_seconds(kWindow.count());
  const auto applied = machine.api().CallOnce(kApply, request.SerializeAsString());
  REQUIRE_THAT(applied, IsOk());
  machine.PowerCut();
  REQUIRE_THAT(machine.Start(), IsOk());
  machine.api().UseIdentity(cluster->Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(machine.api()), IsOk());
  for (const char* id : {"persistent", "v1alpha1"}) {
    const auto config = machine.api().Get<config::MachineConfig>(id);
    REQUIRE_THAT(config, IsOk());
    CHECK(config->yaml_marshalled() == cluster->config);
  }
  CHECK_THAT(machine.Console(), ContainsSubstring("192.0.2.7/24"));  // it was in force
}

TEST_CASE("comeback: a STATE that is damaged opens to the node's owner, who resets it",
          "[install][amd64]") {
  const auto cluster = NewCluster({"machine: {install: {disk: /dev/vda}}"});
  REQUIRE_THAT(cluster, IsOk());
  const std::string disk = TestDirectory() + "/disk.raw";
  Machine machine = OwnedMachine(*cluster, disk);
  const auto kept = machine.api().WaitFor<runtime::MetaKey>(
      "META to know who may come",
      [](const auto& rows) { return rows.find("0xa0") != rows.end(); });
  REQUIRE_THAT(kept, IsOk());
  machine.PowerCut();
  const auto table = TableOf(disk);
  REQUIRE_THAT(table, IsOk());
  const auto state = table->Find(disk::kState);
  REQUIRE_THAT(state, IsOk());
  std::fstream file(disk, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(state->offset_bytes));
  file << std::string(state->size_bytes, '#');
  file.close();

  REQUIRE_THAT(machine.Start(), IsOk());
  NodeApi& api = machine.api();
  api.UseIdentity(cluster->Trusting());
  const auto stage = api.WaitFor<boot::NodeStage>("recovery", [](const auto& rows) {
    return !rows.empty() && rows.front().spec().stage() == boot::NodeStage::Spec::RECOVERY;
  });
  REQUIRE_THAT(stage, IsOk());
  CHECK_THAT(stage->front().spec().reason(), ContainsSubstring("STATE"));
  api.UseIdentity({.trust = rpc::TlsTrust::kAnybody});
  api.SetPatience(std::chrono::seconds(20));
  CHECK_FALSE(api.VersionTag().ok());

  api.UseIdentity(cluster->Trusting());
  api.SetPatience(NodeApi::kPatience);
  machine::ResetRequest reset;
  reset.set_reboot(true);
  for (const std::string_view label : {disk::kState, disk::kEphemeral}) {
    auto* const partition = reset.add_system_partitions_to_wipe();
    partition->set_label(std::string(label));
    partition->set_wipe(true);
  }
  REQUIRE_THAT(api.CallOnce("/machine.MachineService/Reset", reset.SerializeAsString()), IsOk());
  api.UseIdentity({.trust = rpc::TlsTrust::kAnybody});
  REQUIRE_THAT(WaitForMaintenance(api), IsOk());
}

// What a node is, whoever of its processes was there first.
std::vector<std::string> Self(NodeApi& api) {
  std::vector<std::string> self;
  for (const TypeRef& type :
       {TypeRef::Of<cluster::Identity>(), TypeRef::Of<secrets::ApiCertificate>(),
        TypeRef::Of<config::MachineConfig>(), TypeRef::Of<network::AddressStatus>(),
        TypeRef::Of<runtime::BootID>()}) {
    auto rows = api.Yaml(type.kind);
    REQUIRE_THAT(rows, IsOk());
    CHECK(!rows->empty());
    self.push_back(*std::move(rows));
  }
  return self;
}

TEST_CASE("comeback: a machined that is killed leaves the node what it is, and a reboot goes on",
          "[install][amd64]") {
  const auto cluster = NewCluster({"machine: {install: {disk: /dev/vda}, time: {disabled: true}}"});
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

  const std::vector<std::string> self = Self(api);
  REQUIRE_THAT(Kill(*machine, {.service = "machined", .process = "machined"}), IsOk());
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  CHECK(Self(api) == self);

  REQUIRE_THAT(api.CallOnce("/machine.MachineService/Reboot", ""), IsOk());
  REQUIRE_THAT(machine->WaitForLine("machined: info: reboot begins"), IsOk());
  REQUIRE_THAT(machine->injector().Ask("kill machined 1"), IsOk());
  REQUIRE_THAT(machine->WaitForLine("reboot: Restarting system"), IsOk());
}

}  // namespace
}  // namespace ichor::qemu
