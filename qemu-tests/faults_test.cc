// Faults inside a guest: stories 4, 6 and 8 of the first boot.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <format>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "ichor/boot.resources.h"
#include "lib/base/clock.h"
#include "lib/base/status_matchers.h"
#include "qemu-tests/kills.h"
#include "qemu-tests/long.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/meta_block.h"
#include "qemu-tests/stranger.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;

constexpr std::uint64_t kGrowthKib = 64;

std::uint64_t InitKib(Machine& machine) {
  const auto processes = machine.injector().Processes();
  REQUIRE_THAT(processes, IsOk());
  const auto init = std::ranges::find(*processes, 1, &GuestProcess::pid);
  REQUIRE(init != processes->end());
  return init->resident_kib;
}

void Boot(Machine& machine) {
  REQUIRE_THAT(machine.injector().WaitForBoot(), IsOk());
  REQUIRE_THAT(machine.injector().Tell("go", "gone"), IsOk());
  REQUIRE_THAT(WaitForMaintenance(machine.api()), IsOk());
}

Machine MakeAndBoot(const MachineSpec& spec) {
  auto machine = Machine::Create(spec, "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  Boot(*machine);
  return *std::move(machine);
}

void StayUpForASecond(Machine& machine) {
  const base::MonotonicTime until = base::RealClock().Monotonic() + std::chrono::seconds(1);
  REQUIRE_THAT(machine.api().StaysUpUntil(until), IsOk());
}

// 40 kills of everybody in any order, each after the one before was made good.
void KillAtRandom(Machine& machine, MachinedKills& kills) {
  const base::RealClock clock;
  std::vector<Victim> order = DealVictims(Repeats(40, 200), Catch::getSeed());
  while (!order.empty()) {
    auto next = std::ranges::find_if(order, [&](const Victim& victim) {
      return victim.service != "machined" || kills.MayKill(clock.Monotonic());
    });
    if (next == order.end()) {  // only machined is left, and not yet
      StayUpForASecond(machine);
      continue;
    }
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the original goes
    const Victim victim = *next;
    order.erase(next);
    INFO(std::format("{} with {} kills to come", victim.service, order.size()));
    if (victim.service == "machined") {
      kills.Note(clock.Monotonic());
    }
    REQUIRE_THAT(KillAndWait(machine, victim), IsOk());
  }
}

// What apid writes while machined does nothing is there when machined is back.
void KeepsLogsWhileMachinedIsAway(Machine& machine, MachinedKills& kills) {
  REQUIRE_THAT(machine.injector().Ask("signal machined 19"), IsOk());
  REQUIRE_THAT(TalkNonsense(machine.api().port()), IsOk());
  kills.Note(base::RealClock().Monotonic());
  REQUIRE_THAT(machine.injector().Ask("kill machined 1"), IsOk());
  REQUIRE_THAT(WaitForMaintenance(machine.api()), IsOk());
  const auto log = machine.api().Logs("apid");
  REQUIRE_THAT(log, IsOk());
  INFO(*log);
  CHECK(log->contains("TLS with 10.0.2.2:"));
}

// machined dies as soon as it lives, until init calls it a loop and says why; then it may live.
void KillToTheLimit(Machine& machine, const MachinedKills& kills) {
  constexpr const char* kLoop =
      "ichor: init: machined ended 6 times within a minute, so it is started with the last known "
      "good configuration";
  int count = kills.LeftToLimit(base::RealClock().Monotonic());
  for (int tries = 0; tries < MachinedKills::kLimit && !machine.Console().contains(kLoop);
       ++tries) {
    REQUIRE_THAT(machine.injector().Ask(std::format("kill machined {}", count)), IsOk());
    REQUIRE_THAT(WaitForMaintenance(machine.api()), IsOk());
    count = 1;  // an earlier kill was forgotten meanwhile
  }
  CHECK(machine.Console().contains(kLoop));
  CHECK(machine.Console().contains("its checkpoint is set aside"));
}

// The record of a crash before this boot.
boot::CrashRecord::Spec EarlierCrash(Machine& machine, const std::string& process) {
  const auto is_it = [&](const auto& row) {
    return row.id().starts_with("before-") && row.spec().process() == process;
  };
  const auto rows = machine.api().WaitFor<boot::CrashRecord>(
      "a crash of " + process, [&](const auto& all) { return std::ranges::any_of(all, is_it); });
  REQUIRE_THAT(rows, IsOk());
  return std::ranges::find_if(*rows, is_it)->spec();
}

void PanicAndComeBack(Machine& machine) {
  REQUIRE_THAT(machine.injector().Send("panic"), IsOk());
  Boot(machine);
  const auto panic = EarlierCrash(machine, "kernel");
  CHECK(panic.ended() == "Panic");
  CHECK(panic.log().contains("sysrq triggered crash"));
}

TEST_CASE("faults: killed at random, killed to the limit, panicked, a node without a disk goes on",
          "[boot][faults][amd64]") {
  Machine machine = MakeAndBoot(
      {.firmware = Firmware::kDirect, .disks = {}, .has_injector = true, .has_error_store = true});
  const auto disks = machine.api().List<block::SystemDisk>();
  REQUIRE_THAT(disks, IsOk());
  CHECK(disks->empty());
  const std::uint64_t before = InitKib(machine);
  MachinedKills kills;
  KeepsLogsWhileMachinedIsAway(machine, kills);
  KillAtRandom(machine, kills);
  KillToTheLimit(machine, kills);
  const auto processes = machine.injector().Processes();
  REQUIRE_THAT(processes, IsOk());
  CHECK_THAT(OneOfEach(*processes), IsOk());
  CHECK(InitKib(machine) <= before + kGrowthKib);
  PanicAndComeBack(machine);
}

// A reboot that began goes on although the one who runs it dies. apid does not end when it is
// asked to, so there is time to.
void RebootWithoutMachined(Machine& machine) {
  REQUIRE_THAT(machine.injector().Ask("signal apid 19"), IsOk());
  REQUIRE_THAT(machine.injector().Tell("signal init 2", "signalled 1"), IsOk());
  REQUIRE_THAT(machine.WaitForLine("machined: info: reboot begins"), IsOk());
  REQUIRE_THAT(machine.injector().Ask("kill machined 1"), IsOk());
  REQUIRE_THAT(machine.injector().WaitForBoot(), IsOk());
}

constexpr std::size_t kColumns = 80;

// What stands on the screen in the end, below the dashboard's own first line; looks again for a
// minute.
bool ScreenShows(Machine& machine, const std::vector<std::string>& words) {
  const base::RealClock clock;
  const base::MonotonicTime until = clock.Monotonic() + std::chrono::minutes(1);
  while (true) {
    const auto screen = machine.injector().Ask("screen 2");
    REQUIRE_THAT(screen.status(), IsOk());
    if (std::ranges::all_of(words, [&](const auto& word) { return screen->contains(word); }) &&
        screen->find("  Ichor v") < kColumns) {
      return true;
    }
    if (clock.Monotonic() > until) {
      UNSCOPED_INFO(*screen);
      return false;
    }
    REQUIRE_THAT(machine.api().StaysUpUntil(clock.Monotonic() + std::chrono::seconds(1)), IsOk());
  }
}

TEST_CASE("faults: a stage 1 that hangs and a machined that dies at once on trial end in a restart",
          "[boot][faults][amd64]") {
  auto machine = Machine::Create({.firmware = Firmware::kDirectDisk,
                                  .arguments = "ichor.tries=1",
                                  .has_injector = true,
                                  .has_error_store = true},
                                 "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(machine->injector().WaitForBoot(), IsOk());
  REQUIRE_THAT(machine->injector().Tell("hang ichor: stage1: watchdog armed", "hung"), IsOk());

  REQUIRE_THAT(machine->injector().WaitForBoot(), IsOk());  // the watchdog did it
  REQUIRE_THAT(machine->injector().Tell("go", "gone"), IsOk());
  REQUIRE_THAT(machine->injector().Ask(std::format("kill machined {}", MachinedKills::kLimit)),
               IsOk());

  Boot(*machine);  // init did it
  CHECK(machine->Console().contains("the node restarts, so that the loader counts a try"));
  const auto crash = EarlierCrash(*machine, "machined");
  CHECK(crash.ended() == "killed by signal 9 (Killed)");
  CHECK(crash.pid() > 1);
  // Nothing of the kernel's log is written across it.
  CHECK(ScreenShows(*machine, {"maintenance", "10.0.2.15/24", "apid running"}));
  RebootWithoutMachined(*machine);
  machine->PowerCut();
  CHECK_THAT(machine->DiskIsUntouched(0), IsOk());
}

TEST_CASE("faults: power cuts during the boot leave a node that boots, and META as it was",
          "[boot][faults][amd64]") {
  auto machine = Machine::Create({.firmware = Firmware::kUefi}, "node");
  REQUIRE_THAT(machine.status(), IsOk());
  const std::uint64_t offset = MetaOffset("/ichor/build/image/amd64/disk.raw");
  REQUIRE(offset != 0);
  const std::map<std::uint32_t, std::string> values = {{0x0c, "first"}, {0x0d, "second"}};
  REQUIRE_THAT(machine->WriteToDisk(0, offset, MetaContent(values)), IsOk());
  const auto boots_with_meta = [&] {
    REQUIRE_THAT(machine->Start(), IsOk());
    REQUIRE_THAT(WaitForMaintenance(machine->api()), IsOk());
    const auto keys = machine->api().WaitFor<runtime::MetaKey>(
        "META", [](const auto& rows) { return rows.size() >= 2; });
    REQUIRE_THAT(keys, IsOk());
    CHECK((*keys)[0].id() == "0x0c");
    CHECK((*keys)[0].spec().value() == "first");
    CHECK((*keys)[1].spec().value() == "second");
  };
  boots_with_meta();
  std::mt19937 random(Catch::getSeed());
  std::uniform_int_distribution<std::size_t> point(0, machine->Console().size());
  for (int cut = 0; cut < Repeats(3, 20); ++cut) {
    machine->PowerCut();
    REQUIRE_THAT(machine->Start(), IsOk());
    REQUIRE_THAT(machine->WaitForOutput(point(random)), IsOk());
  }
  boots_with_meta();
  machine->PowerCut();
  CHECK_THAT(machine->DiskIsUntouched(0), IsOk());
}

}  // namespace
}  // namespace ichor::qemu
