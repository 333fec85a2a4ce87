// A slot on trial: whatever is wrong with it, the other one is back, unaided; what is well stays.
// Story 9 of the first boot. Both firmwares boot at once where they can: most of a trial is
// waiting.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ichor/boot.resources.h"
#include "lib/base/status_matchers.h"
#include "qemu-tests/injector_archive.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/two_slots.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;

constexpr char kSlotA[] = "system disk vda, slot A";
constexpr char kSlotB[] = "system disk vda, slot B";
// What fails restarts at once: the tests wait for enough already.
constexpr char kSoon[] = "panic=1";

// A machine of each firmware, with a disk of its own.
class Pair {
 public:
  explicit Pair(const TwoSlots::Over& over_b = {}, bool bios_too = true) {
    Add(Firmware::kUefi, "uefi", over_b);
    if (bios_too) {
      Add(Firmware::kBios, "bios", over_b);
    }
  }

  // Arms slot B of each, and switches them on.
  void Try(int tries, std::vector<std::string> arguments) {
    arguments.emplace_back(kSoon);
    for (const auto& [machine, disk] : nodes) {
      REQUIRE_THAT(disk->Arm(tries, arguments), IsOk());
      REQUIRE_THAT(machine->Start(), IsOk());
    }
  }

  // Waits until each has said this so many times.
  void WaitForLine(const std::string& text, int times = 1) {
    for (const auto& [machine, disk] : nodes) {
      REQUIRE_THAT(machine->WaitForLine(text, times), IsOk());
    }
  }

  void PowerCut() {
    for (const auto& [machine, disk] : nodes) {
      machine->PowerCut();
    }
  }

  std::vector<std::pair<std::unique_ptr<Machine>, std::unique_ptr<TwoSlots>>> nodes;

 private:
  void Add(Firmware firmware, const std::string& name, const TwoSlots::Over& over_b) {
    auto disk = TwoSlots::Make(name, over_b);
    REQUIRE_THAT(disk.status(), IsOk());
    auto machine = Machine::Create({.firmware = firmware, .disks = {{.file = disk->file()}}}, name);
    REQUIRE_THAT(machine.status(), IsOk());
    nodes.emplace_back(std::make_unique<Machine>(*std::move(machine)),
                       std::make_unique<TwoSlots>(*std::move(disk)));
  }
};

std::string Shown(const TwoSlots& disk) {
  auto shown = disk.Show();
  REQUIRE_THAT(shown.status(), IsOk());
  return *std::move(shown);
}

// How many lines of a console contain all `words`.
std::ptrdiff_t LinesWith(const std::string& console, const std::vector<std::string_view>& words) {
  return std::ranges::count_if(console | std::views::split('\n'), [&words](const auto& characters) {
    const std::string_view line(characters.begin(), characters.end());
    return std::ranges::all_of(words,
                               [line](std::string_view word) { return line.contains(word); });
  });
}

TEST_CASE("slots: a root that is not what it shall be is given up after three tries",
          "[boot][slots][amd64]") {
  Pair pair;
  for (const auto& [machine, disk] : pair.nodes) {
    REQUIRE_THAT(disk->Flip("B", "header"), IsOk());
  }
  pair.Try(3, {});
  const std::string refused = "is refused: the header's hash is not that of the command line";
  pair.WaitForLine(refused);
  pair.WaitForLine(kSlotA);
  for (const auto& [machine, disk] : pair.nodes) {
    const std::string console = machine->Console();
    CHECK(LinesWith(console, {"Kernel command line:", "ichor.slot=B"}) == 3);
    // A processor that is emulated runs into code that another one is patching, rarely: the kernel
    // ends before stage 1 looks at the slot. Nothing else takes the place of a refusal.
    CHECK(LinesWith(console, {refused}) + LinesWith(console, {"Oops: int3"}) == 3);
    CHECK_THAT(machine->Console(), !ContainsSubstring("slot A is on trial"));
  }
  pair.PowerCut();
  CHECK_THAT(Shown(*pair.nodes[0].second), ContainsSubstring("uki ichor-000002-B+0-3.efi\n"));
  CHECK_THAT(Shown(*pair.nodes[1].second), ContainsSubstring("grub ichor_tries=0\n"));
}

void PanicEndsInSlotA(bool bios_too) {
  Pair pair({}, bios_too);
  pair.Try(1, {"rdinit=/nothing"});
  pair.WaitForLine("Kernel panic");
  pair.WaitForLine(kSlotA);
}

TEST_CASE("slots: a panic of the kernel is a try", "[boot][slots][amd64]") {
  PanicEndsInSlotA(false);
}

TEST_CASE("slots: a panic of the kernel is a try by BIOS too", "[.][long][boot][slots][amd64]") {
  PanicEndsInSlotA(true);
}

void CrashLoopEndsInSlotA(bool bios_too) {
  // Something that ends at once.
  Pair pair({.links = {{"/usr/bin/machined", "udevadm"}}, .copies = {}}, bios_too);
  pair.Try(1, {});
  pair.WaitForLine("machined ended 6 times within a minute, in a slot that is not committed");
  pair.WaitForLine(kSlotA);
}

TEST_CASE("slots: a machined that ends at once is a try", "[boot][slots][amd64]") {
  CrashLoopEndsInSlotA(false);
}

TEST_CASE("slots: a machined that ends at once is a try by BIOS too",
          "[.][long][boot][slots][amd64]") {
  CrashLoopEndsInSlotA(true);
}

TEST_CASE("slots: what hangs is a try after ten minutes", "[.][long][boot][slots][amd64]") {
  // Runs, and does nothing.
  Pair pair({.links = {}, .copies = {{"/usr/bin/machined", kInjectorFile}}});
  for (const auto& [machine, disk] : pair.nodes) {
    machine->SetPatience(std::chrono::minutes(20));
  }
  pair.Try(1, {});
  pair.WaitForLine(kSlotB);
  pair.WaitForLine("the slot was not committed within 10 minutes");
  pair.WaitForLine(kSlotA);
}

TEST_CASE("slots: a healthy slot is committed for both loaders, and stays",
          "[boot][slots][amd64]") {
  Pair pair;
  pair.Try(3, {});
  pair.WaitForLine("slot B is on trial");
  for (const auto& [machine, disk] : pair.nodes) {
    const auto slots =
        machine->api().WaitFor<boot::BootSlot>("a committed slot", [](const auto& rows) {
          return rows.size() == 1 && rows.front().id() == "B" && !rows.front().spec().on_trial();
        });
    REQUIRE_THAT(slots.status(), IsOk());
  }
  pair.PowerCut();
  for (const auto& [machine, disk] : pair.nodes) {
    const std::string shown = Shown(*disk);
    CHECK_THAT(shown, ContainsSubstring("uki ichor-000002-B.efi\n"));
    CHECK_THAT(shown, ContainsSubstring("grub ichor_default=B\n"));
    CHECK_THAT(shown, !ContainsSubstring("ichor_try"));
    REQUIRE_THAT(machine->Start(), IsOk());
  }
  pair.WaitForLine(kSlotB);
  pair.WaitForLine("machined speaks");
  for (const auto& [machine, disk] : pair.nodes) {
    CHECK_THAT(machine->Console(), !ContainsSubstring("on trial"));
  }
}

}  // namespace
}  // namespace ichor::qemu
