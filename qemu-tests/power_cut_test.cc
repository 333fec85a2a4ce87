// The power goes at any moment of acceptance, first boot and a change of the config: story 4 of the
// config. What the disk held then is made from a log of all it was told, and booted.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <format>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "lib/base/status_matchers.h"
#include "qemu-tests/block_log.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/flashed_disk.h"
#include "qemu-tests/long.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/test_files.h"
#include "qemu-tests/wait.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using machine::ApplyConfigurationRequest;
namespace enums = talos::resource::definitions::enums;

constexpr std::uint64_t kDiskBytes = std::uint64_t{8} << 30U;

// A node's life from its first config to its second, as its disk saw it.
struct Life {
  BlockLog log;
  std::size_t first_end = 0;   // once the first config was accepted
  std::size_t second_end = 0;  // once the second was
  std::string first;
  std::string second;
};

std::size_t Now(const std::string& log) {
  const auto read = BlockLog::Read(log);
  REQUIRE_THAT(read, IsOk());
  return read->size();
}

Life Live(const Cluster& cluster) {
  const std::string disk = TestDirectory() + "/lived.raw";
  const std::string log = TestDirectory() + "/writes.log";
  REQUIRE_THAT(FlashDisk(disk, kDiskBytes), IsOk());
  std::ofstream(log).close();
  auto machine = Machine::Create({.disks = {{.file = disk, .write_log = log}}}, "lived");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  NodeApi& api = machine->api();
  REQUIRE_THAT(WaitForMaintenance(api), IsOk());
  REQUIRE_THAT(api.Apply(cluster.config, ApplyConfigurationRequest::AUTO), IsOk());
  const std::size_t first_end = Now(log);
  api.UseIdentity(cluster.Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  const std::string second = cluster.config + "# the second\n";
  REQUIRE_THAT(api.Apply(second, ApplyConfigurationRequest::NO_REBOOT), IsOk());
  const std::size_t second_end = Now(log);
  machine->PowerCut();
  auto read = BlockLog::Read(log);
  REQUIRE_THAT(read, IsOk());
  return {.log = *std::move(read),
          .first_end = first_end,
          .second_end = second_end,
          .first = cluster.config,
          .second = second};
}

bool IsBack(const All<runtime::MachineStatus>& rows) {
  if (rows.empty()) {
    return false;
  }
  const auto& spec = rows.front().spec();
  return spec.stage() == enums::MACHINE_STAGE_RUNNING ||
         (spec.stage() == enums::MACHINE_STAGE_MAINTENANCE && spec.status().ready());
}

// What config the node has that comes back; one that has none takes the first.
std::string ComesBackWith(Machine& machine, const Cluster& cluster) {
  REQUIRE_THAT(machine.Start(), IsOk());
  NodeApi& api = machine.api();
  api.UseIdentity(cluster.Trusting());
  const auto status = api.WaitFor<runtime::MachineStatus>("a node that is back", IsBack);
  REQUIRE_THAT(status, IsOk());
  const bool empty = status->front().spec().stage() == enums::MACHINE_STAGE_MAINTENANCE;
  if (empty) {
    REQUIRE_THAT(api.Apply(cluster.config, ApplyConfigurationRequest::AUTO), IsOk());
  }
  api.UseIdentity(cluster.Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  const auto config = api.Get<config::MachineConfig>("persistent");
  REQUIRE_THAT(config, IsOk());
  return empty ? "" : config->yaml_marshalled();
}

TEST_CASE("power cuts: whenever the power goes, the node comes back with the old or the new config",
          "[install][amd64]") {
  const auto cluster = NewCluster({"machine: {install: {disk: /dev/vda}}"});
  REQUIRE_THAT(cluster, IsOk());
  const Life life = Live(*cluster);
  INFO(std::format("{} writes, {} to the first config, {} to the second", life.log.size(),
                   life.first_end, life.second_end));
  std::mt19937 random(Catch::getSeed());
  std::uniform_int_distribution<std::size_t> moment(0, life.log.size());
  for (int i = 0; i < Repeats(10, 100); ++i) {
    const std::size_t end = moment(random);
    INFO(std::format("seed {}, cut {}, after {} writes", Catch::getSeed(), i, end));
    const std::string disk = TestDirectory() + "/cut.raw";
    std::filesystem::remove(disk);
    REQUIRE_THAT(FlashDisk(disk, kDiskBytes), IsOk());
    REQUIRE_THAT(life.log.CutPower(disk, end, random), IsOk());
    auto machine = Machine::Create({.disks = {{.file = disk}}}, std::format("cut-{}", i));
    REQUIRE_THAT(machine.status(), IsOk());
    const std::string config = ComesBackWith(*machine, *cluster);
    if (end >= life.second_end) {
      CHECK(config == life.second);
    } else if (end >= life.first_end) {
      CHECK((config == life.first || config == life.second));
    } else {
      CHECK((config.empty() || config == life.first));
    }
  }
}

}  // namespace
}  // namespace ichor::qemu
