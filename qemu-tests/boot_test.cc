// A flashed disk comes up, shows itself, and stays as it was: story 1 of the first boot.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/status_matchers.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;

constexpr std::chrono::minutes kLeftAlone{1};
constexpr std::uint64_t kDiskBytes = std::uint64_t{7} << 30;  // more than the image

struct Booted {
  std::string name;
  Machine machine;
  base::MonotonicTime since;  // it was seen to be well
};

Booted BootToMaintenance(const std::string& name, Arch arch, Firmware firmware) {
  auto machine = Machine::Create({.arch = arch,
                                  .firmware = firmware,
                                  .memory_mib = 1024,
                                  .disks = {{.size_bytes = kDiskBytes, .holds_image = true}}},
                                 name);
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(WaitForMaintenance(machine->api()), IsOk());
  return {.name = name, .machine = *std::move(machine), .since = base::RealClock().Monotonic()};
}

// The disk that was booted is the system disk, in its full size, and nothing else is one.
void ShowsItsDisk(NodeApi& api) {
  const auto disks = api.WaitFor<block::Disk>(
      "the disk", [](const auto& rows) { return rows.find("vda") != rows.end(); });
  REQUIRE_THAT(disks, IsOk());
  const auto& disk = disks->find("vda")->spec();
  CHECK(disk.dev_path() == "/dev/vda");
  CHECK(disk.size() == kDiskBytes);
  CHECK(disk.serial() == "disk0");
  const auto system = api.List<block::SystemDisk>();
  REQUIRE_THAT(system, IsOk());
  REQUIRE(system->size() == 1);
  CHECK(system->front().spec().disk_id() == "vda");
  CHECK(system->front().spec().dev_path() == "/dev/vda");
}

// The root lies on a device that dm-verity made of the one slot of the system disk, with no room to
// write to.
void RunsFromItsSlot(NodeApi& api) {
  const auto mounts = api.Mounts();
  REQUIRE_THAT(mounts, IsOk());
  const auto root = std::ranges::find(*mounts, "/", &machine::MountStat::mounted_on);
  REQUIRE(root != mounts->end());
  REQUIRE(root->filesystem() == "/dev/dm-1");
  CHECK(root->available() == 0);
  const auto device = api.Get<block::BlockDevice>("dm-1");
  REQUIRE_THAT(device, IsOk());
  const auto partition = std::ranges::find_if(
      device->secondaries(), [](const auto& name) { return name.starts_with("vda"); });
  REQUIRE(partition != device->secondaries().end());
  const auto slot = api.Get<block::DiscoveredVolume>(*partition);
  REQUIRE_THAT(slot, IsOk());
  CHECK(slot->partition_label() == "ROOT-A");
}

TEST_CASE("boot: a flashed disk comes up by BIOS, UEFI and on arm64, and stays as it was",
          "[boot][amd64][arm64]") {
  std::vector<Booted> nodes;
  for (const auto& [name, arch, firmware] : {std::tuple{"bios", Arch::kAmd64, Firmware::kBios},
                                             std::tuple{"uefi", Arch::kAmd64, Firmware::kUefi},
                                             std::tuple{"arm64", Arch::kArm64, Firmware::kUefi}}) {
    INFO(name);
    nodes.push_back(BootToMaintenance(name, arch, firmware));
    ShowsItsDisk(nodes.back().machine.api());
    RunsFromItsSlot(nodes.back().machine.api());
  }
  for (Booted& node : nodes) {
    INFO(node.name);
    REQUIRE_THAT(node.machine.api().StaysUpUntil(node.since + kLeftAlone), IsOk());
    node.machine.PowerCut();
    CHECK_THAT(node.machine.DiskIsUntouched(0), IsOk());
  }
}

// Of the harness itself: a kernel that waits for a disk that never comes, and so runs no program.
TEST_CASE("boot: a kernel that hangs before its first program is reset", "[.][long][boot][amd64]") {
  auto machine = Machine::Create(
      {.firmware = Firmware::kDirect, .arguments = "rdinit=/none root=/dev/none rootwait"}, "hung");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  CHECK_THAT(machine->WaitForLine("] Linux version ", 2), IsOk());
}

}  // namespace
}  // namespace ichor::qemu
