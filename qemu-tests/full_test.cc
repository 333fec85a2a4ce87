// A node whose EPHEMERAL is full goes on, takes configs, and says what is wrong.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "ichor/resource.resources.h"
#include "lib/base/status_matchers.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;
using machine::ApplyConfigurationRequest;

constexpr std::uint64_t kDiskBytes = std::uint64_t{8} << 30U;
constexpr const char* kFiller = "/var/filler";

absl::StatusOr<Machine> OwnedMachine(const Cluster& cluster) {
  ASSIGN_OR_RETURN(Machine machine,
                   Machine::Create({.firmware = Firmware::kDirectDisk,
                                    .disks = {{.size_bytes = kDiskBytes, .holds_image = true}},
                                    .has_injector = true},
                                   "node"));
  RETURN_IF_ERROR(machine.Start());
  RETURN_IF_ERROR(machine.injector().WaitForBoot());
  RETURN_IF_ERROR(machine.injector().Tell("go", "gone"));
  NodeApi& api = machine.api();
  RETURN_IF_ERROR(WaitForMaintenance(api));
  RETURN_IF_ERROR(api.Apply(cluster.config, ApplyConfigurationRequest::AUTO).status());
  api.UseIdentity(cluster.Client({"os:admin"}));
  RETURN_IF_ERROR(WaitForRunning(api));
  return machine;
}

absl::Status WaitForFullness(NodeApi& api, bool full) {
  return api
      .WaitFor<runtime::Diagnostic>(
          full ? "a full EPHEMERAL" : "room in EPHEMERAL",
          [full](const auto& rows) {
            const auto row = rows.find("ephemeral-full");
            return (row != rows.end() && row->spec().message().contains("is full")) == full;
          })
      .status();
}

// A sysctl, and a file that there is no room for.
absl::StatusOr<std::string> LargerConfig(const std::string& config) {
  constexpr std::size_t kBytes = 1 << 20;
  return Patched(config,
                 "machine:\n"
                 "  sysctls: {vm.swappiness: '17'}\n"
                 "  files:\n"
                 "    - {path: /var/large, op: create, permissions: 0o644, content: " +
                     std::string(kBytes, 'x') + "}\n");
}

absl::Status WaitForSwappiness(NodeApi& api, const std::string& value) {
  return api
      .WaitFor<runtime::KernelParamStatus>("vm.swappiness " + value,
                                           [&](const auto& rows) {
                                             const auto row = rows.find("proc.sys.vm.swappiness");
                                             return row != rows.end() &&
                                                    row->spec().current() == value;
                                           })
      .status();
}

// What the actuator of machine.files says; empty: all is written.
absl::Status WaitForFiles(NodeApi& api, const std::string& error) {
  return api
      .WaitFor<runtime::ControllerStatus>("machine.files: " + error,
                                          [&](const auto& rows) {
                                            const auto row = rows.find("files.write-user-files");
                                            return row != rows.end() &&
                                                   row->spec().error().contains(error) &&
                                                   (error.empty() == row->spec().error().empty());
                                          })
      .status();
}

absl::Status Fill(Machine& machine) {
  ASSIGN_OR_RETURN(const std::string filled,
                   machine.injector().Ask(std::string("fill ") + kFiller));
  return filled.starts_with("filled ") && filled != "filled 0" ? absl::OkStatus()
                                                               : absl::InternalError(filled);
}

// The node on `disk`, booted by a loader of its own.
void LookAtFullNode(const Cluster& cluster, const std::string& disk, const std::string& config) {
  auto machine = Machine::Create({.disks = {{.file = disk}}}, "again");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  NodeApi& api = machine->api();
  api.UseIdentity(cluster.Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  REQUIRE_THAT(WaitForFullness(api, true), IsOk());
  const auto persistent = api.Get<config::MachineConfig>("persistent");
  REQUIRE_THAT(persistent, IsOk());
  CHECK(persistent->yaml_marshalled() == config);
  const auto services = api.List<v1alpha1::Service>();
  REQUIRE_THAT(services, IsOk());
  // containerd ends where it cannot write, and with it all that runs in containers.
  CHECK(std::ranges::all_of(*services, [](const auto& row) {
    return row.spec().running() || row.id() == "cri" || row.id() == "etcd" || row.id() == "kubelet";
  }));
  const auto log = api.Logs("machined");
  REQUIRE_THAT(log, IsOk());
  CHECK_THAT(*log, ContainsSubstring("EPHEMERAL is full"));
}

TEST_CASE("full: a node without room in EPHEMERAL works, takes configs, and says so",
          "[install][amd64]") {
  const auto cluster = NewCluster({"machine: {install: {disk: /dev/vda}, time: {disabled: true}}"});
  REQUIRE_THAT(cluster, IsOk());
  auto machine = OwnedMachine(*cluster);
  REQUIRE_THAT(machine.status(), IsOk());
  NodeApi& api = machine->api();
  REQUIRE_THAT(WaitForFullness(api, false), IsOk());

  REQUIRE_THAT(Fill(*machine), IsOk());
  REQUIRE_THAT(WaitForFullness(api, true), IsOk());
  const auto config = LargerConfig(cluster->config);
  REQUIRE_THAT(config, IsOk());
  REQUIRE_THAT(api.Apply(*config, ApplyConfigurationRequest::NO_REBOOT), IsOk());
  CHECK_THAT(WaitForSwappiness(api, "17"), IsOk());
  CHECK_THAT(WaitForFiles(api, "No space left on device"), IsOk());
  CHECK_THAT(WaitForRunning(api), IsOk());

  REQUIRE_THAT(machine->injector().Tell(std::string("remove ") + kFiller, "removed"), IsOk());
  CHECK_THAT(WaitForFullness(api, false), IsOk());
  CHECK_THAT(WaitForFiles(api, ""), IsOk());

  REQUIRE_THAT(Fill(*machine), IsOk());
  machine->PowerCut();
  LookAtFullNode(*cluster, machine->DiskFile(0), *config);
}

}  // namespace
}  // namespace ichor::qemu
