// A machine that is booted from memory, as by PXE, installs itself on a disk, and is the node on
// that disk whenever it is booted so again.
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <ranges>
#include <string>

#include "lib/base/status_matchers.h"
#include "qemu-tests/child_process.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/long.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/test_files.h"
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

constexpr std::uint64_t kDiskBytes = std::uint64_t{12} << 30U;

std::string EmptyDisk() {
  std::filesystem::create_directories(TestDirectory());
  std::string path = TestDirectory() + "/empty.raw";
  std::ofstream(path).close();
  std::filesystem::resize_file(path, kDiskBytes);
  return path;
}

std::string IdentityOf(NodeApi& api) {
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  const auto row = api.Get<cluster::Identity>("local");
  REQUIRE_THAT(row, IsOk());
  return row->node_id();
}

// Boots from memory with an empty disk, and gives the node its first config.
std::string InstallFromMemory(const Cluster& cluster, const std::string& disk) {
  auto machine = Machine::Create({.firmware = Firmware::kDirect, .disks = {{.file = disk}}}, "pxe");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(WaitForMaintenance(machine->api()), IsOk());
  const auto applied = machine->api().Apply(cluster.config, ApplyConfigurationRequest::AUTO);
  REQUIRE_THAT(applied, IsOk());
  CHECK_THAT(applied->mode_details(), ContainsSubstring("installed on /dev/vda"));
  machine->api().UseIdentity(cluster.Client({"os:admin"}));
  // It reboots the same way, and finds its system.
  REQUIRE_THAT(machine->WaitForLine("the system on /dev/vda is the machine's"), IsOk());
  std::string identity = IdentityOf(machine->api());
  const auto system = machine->api().Get<block::SystemDisk>("system-disk");
  REQUIRE_THAT(system, IsOk());
  CHECK(system->dev_path() == "/dev/vda");
  machine->PowerCut();

  REQUIRE_THAT(machine->Start(), IsOk());
  machine->api().UseIdentity(cluster.Client({"os:admin"}));
  CHECK(IdentityOf(machine->api()) == identity);
  CHECK_THAT(machine->Console(), !ContainsSubstring("EFI is made"));
  return identity;
}

absl::StatusOr<Cluster> ClusterOnDisk() {
  return NewCluster({"machine: {install: {disk: /dev/vda, extraKernelArgs: [ichor_test=memory]}}"},
                    "v1.11");
}

// By UEFI, in a long run by BIOS too.
void ExpectTheNodeByItsLoader(const Cluster& cluster, const std::string& disk,
                              const std::string& identity) {
  constexpr std::array kFirmwares = {Firmware::kUefi, Firmware::kBios};
  for (const Firmware firmware : std::views::take(kFirmwares, Repeats(1, 2))) {
    auto machine = Machine::Create({.firmware = firmware, .disks = {{.file = disk}}},
                                   firmware == Firmware::kUefi ? "uefi" : "bios");
    REQUIRE_THAT(machine.status(), IsOk());
    REQUIRE_THAT(machine->Start(), IsOk());
    machine->api().UseIdentity(cluster.Client({"os:admin"}));
    CHECK(IdentityOf(machine->api()) == identity);
    const auto config = machine->api().Get<config::MachineConfig>("persistent");
    REQUIRE_THAT(config, IsOk());
    CHECK(config->yaml_marshalled() == cluster.config);
    const auto line = machine->api().Get<runtime::KernelCmdline>("cmdline");
    REQUIRE_THAT(line, IsOk());
    CHECK_THAT(line->cmdline(), ContainsSubstring(" talos.platform=metal ichor_test=memory"));
    machine->PowerCut();
  }
}

void ExpectNoneOfSeveral(const std::string& disk) {
  const std::string copy = TestDirectory() + "/copy.raw";
  REQUIRE_THAT(RunTool({"cp", "--sparse=always", disk, copy}, TestDirectory() + "/tools.log"),
               IsOk());
  auto machine = Machine::Create(
      {.firmware = Firmware::kDirect, .disks = {{.file = disk}, {.file = copy}}}, "several");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(WaitForMaintenance(machine->api()), IsOk());
  const auto diagnostic = machine->api().Get<runtime::Diagnostic>("config");
  REQUIRE_THAT(diagnostic, IsOk());
  REQUIRE(diagnostic->details_size() == 1);
  CHECK_THAT(diagnostic->details(0), ContainsSubstring("/dev/vda, /dev/vdb"));
}

TEST_CASE("memory: the disk that the config names is the node by its own loader, and no twin",
          "[install][amd64]") {
  const auto cluster = ClusterOnDisk();
  REQUIRE_THAT(cluster, IsOk());
  const std::string disk = EmptyDisk();
  const std::string identity = InstallFromMemory(*cluster, disk);
  ExpectTheNodeByItsLoader(*cluster, disk, identity);
  ExpectNoneOfSeveral(disk);
}

TEST_CASE("memory: without a disk in the config nothing is written, and all disks are listed",
          "[install][amd64]") {
  const auto cluster =
      NewCluster({"{apiVersion: v1alpha1, kind: UnattendedInstallConfig, $patch: delete}",
                  "machine: {network: {hostname: n1}}"});
  REQUIRE_THAT(cluster, IsOk());
  auto machine = Machine::Create({.firmware = Firmware::kDirect, .disks = {{}, {}}}, "two");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(WaitForMaintenance(machine->api()), IsOk());
  const auto refused = machine->api().Apply(cluster->config, ApplyConfigurationRequest::AUTO);
  const std::string said(base::MessageOf(refused.status()));
  CHECK_THAT(said, ContainsSubstring("the config must say which disk to install on"));
  CHECK_THAT(said, ContainsSubstring("/dev/vda") && ContainsSubstring("/dev/vdb"));
}

}  // namespace
}  // namespace ichor::qemu
