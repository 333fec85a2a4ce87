// What a config says of disks, files and variables, on a real root file system: EPHEMERAL on a disk
// of its own, files below /etc, the environment of services.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <string>

#include "common/common.pb.h"
#include "ichor/service.resources.h"
#include "lib/base/status_matchers.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;
using machine::ApplyConfigurationRequest;

constexpr std::uint64_t kDiskBytes = std::uint64_t{8} << 30U;

constexpr const char* kVolume = R"(apiVersion: v1alpha1
kind: VolumeConfig
name: EPHEMERAL
provisioning: {diskSelector: {match: 'disk.dev_path == "/dev/vdb"'}}
)";

constexpr const char* kFile = R"(---
apiVersion: v1alpha1
kind: EtcFileConfig
name: made-here
mode: 0o644
contents: "by the config\n"
)";

constexpr const char* kVariable = R"(---
apiVersion: v1alpha1
kind: EnvironmentConfig
variables: {ICHOR_TEST: "seven"}
)";

// NotFound if there is no such file.
absl::StatusOr<std::string> Read(NodeApi& api, const std::string& path) {
  machine::ReadRequest request;
  request.set_path(path);
  ASSIGN_OR_RETURN(const auto messages,
                   api.Call("/machine.MachineService/Read", request.SerializeAsString()));
  std::string text;
  for (const std::string& message : messages) {
    common::Data data;
    data.ParseFromString(message);
    text += data.bytes();
  }
  return text;
}

// The process id of networkd; 0: it does not run.
std::int32_t PidOfNetworkd(NodeApi& api) {
  const auto processes = api.Processes();
  REQUIRE_THAT(processes, IsOk());
  const auto found =
      std::ranges::find(*processes, "networkd", [](const auto& one) { return one.command(); });
  return found == processes->end() ? 0 : found->pid();
}

// Looks until another process than `before` is networkd, which was asked for with `variable`.
bool NetworkdStartsAnew(NodeApi& api, std::int32_t before, const std::string& variable) {
  const auto asked =
      api.WaitFor<services::ProcessSpec>("networkd's variables", [&](const auto& rows) {
        const auto row = rows.find("networkd");
        return row != rows.end() &&
               std::ranges::contains(row->spec().parameters().environment(), variable);
      });
  REQUIRE_THAT(asked, IsOk());
  const base::RealClock clock;
  for (int i = 0; i < 60; ++i) {
    const std::int32_t pid = PidOfNetworkd(api);
    if (pid != 0 && pid != before) {
      return true;
    }
    REQUIRE_THAT(api.StaysUpUntil(clock.Monotonic() + std::chrono::seconds(1)), IsOk());
  }
  return false;
}

void CheckVolume(NodeApi& api) {
  const auto volumes =
      api.WaitFor<block::VolumeStatus>("EPHEMERAL on the second disk", [](const auto& rows) {
        const auto row = rows.find("EPHEMERAL");
        return row != rows.end() && row->spec().location() == "/dev/vdb1";
      });
  CHECK_THAT(volumes, IsOk());
  const auto mounts = api.WaitFor<block::MountStatus>(
      "mounts", [](const auto& rows) { return rows.find("EPHEMERAL") != rows.end(); });
  REQUIRE_THAT(mounts, IsOk());
  CHECK(mounts->find("EPHEMERAL")->spec().source() == "/dev/vdb1");
}

TEST_CASE("settings: EPHEMERAL elsewhere, files below /etc and variables, and all of it again",
          "[install][amd64]") {
  const auto cluster = NewCluster({"machine: {install: {disk: /dev/vda}}", kVolume});
  REQUIRE_THAT(cluster, IsOk());
  const std::string config = cluster->config + kFile;
  auto machine = Machine::Create(
      {.disks = {{.size_bytes = kDiskBytes, .holds_image = true}, {.size_bytes = kDiskBytes}}},
      "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  NodeApi& api = machine->api();
  REQUIRE_THAT(WaitForMaintenance(api), IsOk());
  const auto applied = api.Apply(config, ApplyConfigurationRequest::AUTO);
  REQUIRE_THAT(applied, IsOk());
  CHECK_THAT(applied->mode_details(), ContainsSubstring("/dev/vdb"));
  api.UseIdentity(cluster->Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  CheckVolume(api);
  CHECK(Read(api, "/etc/made-here").value_or("") == "by the config\n");
  CHECK(Read(api, "/etc/os-release").value_or("").contains("Ichor"));

  const std::int32_t before = PidOfNetworkd(api);
  REQUIRE_THAT(api.Apply(config + kVariable, ApplyConfigurationRequest::NO_REBOOT), IsOk());
  CHECK(NetworkdStartsAnew(api, before, "ICHOR_TEST=seven"));

  machine->PowerCut();
  REQUIRE_THAT(machine->Start(), IsOk());
  machine->api().UseIdentity(cluster->Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(machine->api()), IsOk());
  CheckVolume(machine->api());
  CHECK(Read(machine->api(), "/etc/made-here").value_or("") == "by the config\n");
  CHECK(NetworkdStartsAnew(machine->api(), 0, "ICHOR_TEST=seven"));
}

}  // namespace
}  // namespace ichor::qemu
