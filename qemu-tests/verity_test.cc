// A byte of the root is not what it was: the slot and the block are named, the other slot is asked
// for, and nothing hangs or goes on for ever. Story 5 of the first boot.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <memory>
#include <string>

#include "lib/base/status_matchers.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/two_slots.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;

constexpr char kSlotA[] = "system disk vda, slot A";
constexpr char kSlotB[] = "system disk vda, slot B";
constexpr char kReady[] = "machined: info: stage maintenance, ready";

// A machine whose slot B, which boots first, is committed and restarts soon when it fails.
struct Node {
  explicit Node(Firmware firmware) {
    auto made = TwoSlots::Make("disk");
    REQUIRE_THAT(made.status(), IsOk());
    disk = std::make_unique<TwoSlots>(*std::move(made));
    REQUIRE_THAT(disk->Commit({"panic=1"}), IsOk());
    auto created =
        Machine::Create({.firmware = firmware, .disks = {{.file = disk->file()}}}, "node");
    REQUIRE_THAT(created.status(), IsOk());
    machine = std::make_unique<Machine>(*std::move(created));
  }

  void Flip(const std::string& slot, const std::string& at) const {
    REQUIRE_THAT(disk->Flip(slot, at), IsOk());
  }
  void Start() const { REQUIRE_THAT(machine->Start(), IsOk()); }
  void WaitForLine(const std::string& text, int times = 1) const {
    REQUIRE_THAT(machine->WaitForLine(text, times), IsOk());
  }

  std::unique_ptr<TwoSlots> disk;
  std::unique_ptr<Machine> machine;
};

void AsksOnce(Firmware firmware, const std::string& at, const std::string& said) {
  const Node node(firmware);
  node.Flip("B", at);
  node.Start();
  node.WaitForLine(kSlotB);
  node.WaitForLine(said);
  node.WaitForLine("the loader is asked for slot A");
  node.WaitForLine(kSlotA);
  // Slot B may have come as far before the block was read.
  const std::string console = node.machine->Console();
  node.WaitForLine(kReady, console.substr(0, console.find(kSlotA)).contains(kReady) ? 2 : 1);
  node.machine->PowerCut();
  if (firmware == Firmware::kBios) {
    const auto shown = node.disk->Show();
    REQUIRE_THAT(shown.status(), IsOk());
    CHECK_THAT(*shown, ContainsSubstring("grub ichor_request=1\n"));
    CHECK_THAT(*shown, ContainsSubstring("grub ichor_served=1\n"));
    CHECK_THAT(*shown, !ContainsSubstring("ichor_asks"));
  }
}

// What stage 1 reads: the base image's superblock.
TEST_CASE("verity: a block that stage 1 reads leads to the other slot, by UEFI",
          "[boot][verity][amd64]") {
  AsksOnce(Firmware::kUefi, "superblock", "slot B: block 0 of the data of dm-1 is not what");
}

TEST_CASE("verity: a block that stage 1 reads leads to the other slot, by BIOS",
          "[.][long][boot][verity][amd64]") {
  AsksOnce(Firmware::kBios, "superblock", "slot B: block 0 of the data of dm-1 is not what");
}

// What udevd reads when the node runs already.
TEST_CASE("verity: a block that is read later leads to the other slot, by BIOS",
          "[boot][verity][amd64]") {
  AsksOnce(Firmware::kBios, "/usr/lib/udev/hwdb.bin", "ichor: init: slot B: block ");
}

TEST_CASE("verity: a block that is read later leads to the other slot, by UEFI",
          "[.][long][boot][verity][amd64]") {
  AsksOnce(Firmware::kUefi, "/usr/lib/udev/hwdb.bin", "ichor: init: slot B: block ");
}

TEST_CASE("verity: a node without another slot says so, and goes on trying",
          "[boot][verity][amd64]") {
  const Node node(Firmware::kUefi);
  node.Flip("A", "magic");
  node.Flip("B", "header");
  node.Start();
  node.WaitForLine("there is no other slot");
  node.WaitForLine(kSlotB, 2);
}

TEST_CASE("verity: two slots that cannot be read do not send each other in for ever",
          "[.][long][boot][verity][amd64]") {
  const Node node(GENERATE(Firmware::kUefi, Firmware::kBios));
  node.Flip("A", "header");
  node.Flip("B", "header");
  node.Start();
  node.WaitForLine("was asked for already", 2);
  node.WaitForLine("the loader is asked for slot", 3);
  node.WaitForLine("is refused", 5);
}

}  // namespace
}  // namespace ichor::qemu
