// A node in maintenance mode gets its config, and is managed by nothing but the API from then on.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "lib/base/status_matchers.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;
using machine::ApplyConfigurationRequest;

// As sold: two of 2 TB, and one of 256 GB.
constexpr std::uint64_t kLargeBytes = 2'000'398'934'016;
constexpr std::uint64_t kSmallBytes = 256'060'514'304;

std::string ConfigOf(NodeApi& api, const std::string& id) {
  const auto row = api.Get<config::MachineConfig>(id);
  REQUIRE_THAT(row, IsOk());
  return row->yaml_marshalled();
}

std::string IdentityOf(NodeApi& api) {
  const auto row = api.Get<cluster::Identity>("local");
  REQUIRE_THAT(row, IsOk());
  return row->node_id();
}

void ExpectTheSameNodeEverAfter(Firmware firmware) {
  const auto cluster = NewCluster(
      {"machine: {install: {disk: none, diskSelector: {size: '< 1TB'}}, network: {hostname: n1}}"});
  REQUIRE_THAT(cluster, IsOk());
  auto machine = Machine::Create({.firmware = firmware,
                                  .disks = {{.size_bytes = kLargeBytes},
                                            {.size_bytes = kLargeBytes},
                                            {.size_bytes = kSmallBytes, .holds_image = true}}},
                                 "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  NodeApi& api = machine->api();
  REQUIRE_THAT(WaitForMaintenance(api), IsOk());

  const auto wrong = api.Apply("machine: {type: nothing}\n", ApplyConfigurationRequest::AUTO);
  CHECK_THAT(std::string(base::MessageOf(wrong.status())), ContainsSubstring("machine.type"));
  const auto applied = api.Apply(cluster->config, ApplyConfigurationRequest::AUTO);
  REQUIRE_THAT(applied, IsOk());
  CHECK_THAT(applied->mode_details(), ContainsSubstring("The system stays on /dev/vdc"));

  api.UseIdentity(cluster->Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  CHECK(ConfigOf(api, "persistent") == cluster->config);
  CHECK(ConfigOf(api, "v1alpha1") == cluster->config);
  const auto mounts = api.WaitFor<block::MountStatus>(
      "mounts", [](const auto& rows) { return rows.find("EPHEMERAL") != rows.end(); });
  REQUIRE_THAT(mounts, IsOk());
  CHECK(mounts->find("STATE")->spec().target() == "/system/state");
  CHECK(mounts->find("EPHEMERAL")->spec().target() == "/var");

  const std::string identity = IdentityOf(api);
  const auto boot = api.Get<runtime::BootID>("boot-id");
  REQUIRE_THAT(boot, IsOk());
  REQUIRE_THAT(api.CallOnce("/machine.MachineService/Reboot", ""), IsOk());
  const auto again = api.WaitFor<runtime::BootID>("another boot", [&](const auto& rows) {
    return !rows.empty() && rows.front().spec().boot_id() != boot->boot_id();
  });
  REQUIRE_THAT(again, IsOk());
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  CHECK(ConfigOf(api, "v1alpha1") == cluster->config);
  CHECK(IdentityOf(api) == identity);

  machine->PowerCut();
  REQUIRE_THAT(machine->Start(), IsOk());
  machine->api().UseIdentity(cluster->Client({"os:reader"}));
  REQUIRE_THAT(WaitForRunning(machine->api()), IsOk());
  CHECK(IdentityOf(machine->api()) == identity);
  const auto denied = machine->api().CallOnce("/machine.MachineService/Reboot", "");
  CHECK(absl::IsPermissionDenied(denied.status()));
  machine->api().UseIdentity({.trust = rpc::TlsTrust::kAnybody});
  machine->api().SetPatience(std::chrono::seconds(20));
  CHECK_FALSE(machine->api().VersionTag().ok());
}

TEST_CASE("config: the booted disk becomes the node's, and it is the same node ever after",
          "[install][amd64]") {
  ExpectTheSameNodeEverAfter(Firmware::kUefi);
}

TEST_CASE("config: the booted disk becomes the node's by BIOS too", "[.][long][install][amd64]") {
  ExpectTheSameNodeEverAfter(Firmware::kBios);
}

}  // namespace
}  // namespace ichor::qemu
