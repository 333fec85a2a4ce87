// Two disks flashed with the same image carry the same GUIDs: story 2 of the first boot.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "lib/base/status_matchers.h"
#include "qemu-tests/machine.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;

constexpr char kReady[] = "machined: info: stage maintenance, ready";

// The firmware boots the first disk, which the kernel finds as `booted`.
void RunsFromTheBooted(Firmware firmware, bool booted_first_on_bus, const std::string& booted) {
  constexpr int kLow = 0x10;
  constexpr int kHigh = 0x11;
  MachineSpec spec{.firmware = firmware};
  spec.disks = {{.holds_image = true, .pci_slot = booted_first_on_bus ? kLow : kHigh},
                {.holds_image = true, .pci_slot = booted_first_on_bus ? kHigh : kLow}};
  auto machine = Machine::Create(spec, "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(machine->WaitForLine(kReady), IsOk());
  CHECK_THAT(machine->Console(), ContainsSubstring("system disk " + booted + ", slot A"));
  CHECK_THAT(machine->Console(), ContainsSubstring("used is the one that was booted, " + booted));
  machine->PowerCut();
  CHECK_THAT(machine->DiskIsUntouched(0), IsOk());
  CHECK_THAT(machine->DiskIsUntouched(1), IsOk());
}

TEST_CASE("two disks: by UEFI the booted one runs, though the other comes first",
          "[boot][disks][amd64]") {
  RunsFromTheBooted(Firmware::kUefi, false, "vdb");
}

TEST_CASE("two disks: by UEFI the booted one runs, which comes first",
          "[.][long][boot][disks][amd64]") {
  RunsFromTheBooted(Firmware::kUefi, true, "vda");
}

TEST_CASE("two disks: by BIOS the booted one runs, though the other comes first",
          "[boot][disks][amd64]") {
  RunsFromTheBooted(Firmware::kBios, false, "vdb");
}

TEST_CASE("two disks: by BIOS the booted one runs, which comes first",
          "[.][long][boot][disks][amd64]") {
  RunsFromTheBooted(Firmware::kBios, true, "vda");
}

}  // namespace
}  // namespace ichor::qemu
