// Two disks flashed with the same image carry the same GUIDs: story 2 of the first boot.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "lib/base/status_matchers.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;

// The second of two disks that hold the image is the first one on the bus.
MachineSpec Swapped(Firmware firmware, int first_slot = 0x11, int second_slot = 0x10) {
  return {.firmware = firmware,
          .disks = {{.holds_image = true, .pci_slot = first_slot},
                    {.holds_image = true, .pci_slot = second_slot}}};
}

// The system disk and the disk below the root are both `name`, and no disk is written.
void RunsWhollyFrom(Machine& machine, const std::string& name) {
  REQUIRE_THAT(WaitForMaintenance(machine.api()), IsOk());
  const auto system = machine.api().WaitFor<block::SystemDisk>(
      "the system disk", [](const auto& rows) { return !rows.empty(); });
  REQUIRE_THAT(system, IsOk());
  CHECK(system->front().spec().dev_path() == "/dev/" + name);
  const auto root = machine.api().WaitFor<block::BlockDevice>(
      "the root's device", [](const auto& rows) { return rows.find("dm-1") != rows.end(); });
  REQUIRE_THAT(root, IsOk());
  CHECK(std::ranges::any_of(root->find("dm-1")->spec().secondaries(),
                            [&](const auto& part) { return part.starts_with(name); }));
  machine.PowerCut();
  CHECK_THAT(machine.DiskIsUntouched(0), IsOk());
  CHECK_THAT(machine.DiskIsUntouched(1), IsOk());
}

// The firmware boots the first disk.
void RunsFromTheBooted(const MachineSpec& spec, const std::string& booted) {
  auto machine = Machine::Create(spec, "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(machine->WaitForLine("used is the one that was booted, " + booted), IsOk());
  RunsWhollyFrom(*machine, booted);
}

TEST_CASE("two disks: by UEFI the booted one runs, though the other comes first",
          "[boot][disks][amd64]") {
  RunsFromTheBooted(Swapped(Firmware::kUefi), "vdb");
}

TEST_CASE("two disks: by UEFI the booted one runs, which comes first",
          "[.][long][boot][disks][amd64]") {
  RunsFromTheBooted(Swapped(Firmware::kUefi, 0x10, 0x11), "vda");
}

TEST_CASE("two disks: by BIOS the booted one runs, though the other comes first",
          "[boot][disks][amd64]") {
  RunsFromTheBooted(Swapped(Firmware::kBios), "vdb");
}

TEST_CASE("two disks: by BIOS the booted one runs, which comes first",
          "[.][long][boot][disks][amd64]") {
  RunsFromTheBooted(Swapped(Firmware::kBios, 0x10, 0x11), "vda");
}

TEST_CASE(
    "two disks: where the firmware says nothing the first on the bus runs, the other is named",
    "[boot][disks][amd64]") {
  MachineSpec spec = Swapped(Firmware::kDirectDisk);
  spec.arguments = "edd=off";
  auto machine = Machine::Create(spec, "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  const auto diagnostics = machine->api().WaitFor<runtime::Diagnostic>(
      "the copies", [](const auto& rows) { return rows.find("disk-copies") != rows.end(); });
  REQUIRE_THAT(diagnostics, IsOk());
  const auto& details = diagnostics->find("disk-copies")->spec().details();
  CHECK(std::ranges::contains(details, "/dev/vdb is a copy"));
  CHECK_THAT(machine->Console(),
             ContainsSubstring("used is the first by bus path, vda; copies: vdb"));
  RunsWhollyFrom(*machine, "vda");
}

}  // namespace
}  // namespace ichor::qemu
