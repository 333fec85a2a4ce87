// A flashed disk, or kernel and initramfs, come up: story 1 of the first boot.
#include <catch2/catch_test_macros.hpp>

#include "lib/base/status_matchers.h"
#include "qemu-tests/machine.h"

namespace ichor::qemu {
namespace {

using base::IsOk;

// What machined says when its API can be reached.
constexpr char kReady[] = "machined: info: stage maintenance, ready";

void ComesUpAndLeavesTheDiskAlone(const MachineSpec& spec) {
  auto machine = Machine::Create(spec, "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(machine->WaitForLine(kReady), IsOk());
  machine->PowerCut();
  if (!spec.disks.empty()) {
    CHECK_THAT(machine->DiskIsUntouched(0), IsOk());
  }
}

TEST_CASE("boot: kernel and initramfs-pxe come up without a disk", "[boot][amd64]") {
  ComesUpAndLeavesTheDiskAlone({.firmware = Firmware::kDirect, .disks = {}});
}

TEST_CASE("boot: a flashed disk comes up by BIOS and stays as it was", "[boot][amd64]") {
  ComesUpAndLeavesTheDiskAlone({.firmware = Firmware::kBios});
}

TEST_CASE("boot: a flashed disk comes up by UEFI and stays as it was", "[boot][amd64]") {
  ComesUpAndLeavesTheDiskAlone({.firmware = Firmware::kUefi});
}

TEST_CASE("boot: a flashed disk comes up on arm64 and stays as it was", "[boot][arm64]") {
  ComesUpAndLeavesTheDiskAlone({.arch = Arch::kArm64, .firmware = Firmware::kUefi});
}

}  // namespace
}  // namespace ichor::qemu
