#include "machined/slots/trial.h"

#include <chrono>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_file_systems.h"
#include "lib/sys/fake_sysfs.h"
#include "machined/slots/register.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr const char* kEfi = "/dev/vda1";

class Machine {
 public:
  explicit Machine(const SlotFacts& facts)
      : trial(RegisterSlots({.runtime = t.runtime,
                             .loop = *t.loop,
                             .clock = t.clock,
                             .file_systems = systems,
                             .tell_init =
                                 [this] {
                                   told = true;
                                   return absl::OkStatus();
                                 }},
                            facts)) {
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    t.runtime.OnSettled([this] { trial->OnSettled(); });
    systems.Add(kEfi, {{"EFI/Linux/ichor-000002-B+2-1.efi", "kernel of B"}});
    t.runtime.Publish<block::SystemDisk>("test", {{"system-disk", Text("disk_id: 'vda'")}});
    t.runtime.Publish<block::DiscoveredVolume>(
        "test", {{"vda1", Text("parent: 'vda' partition_label: 'EFI' dev_path: '/dev/vda1'")}});
    t.runtime.Publish<network::NetworkStatus>("test", {{"status", Text("address_ready: true")}});
    t.runtime.Publish<runtime::MachineStatus>(
        "test", {{"machine", Text("stage: MACHINE_STAGE_MAINTENANCE")}});
    Services("running: true healthy: true");
  }

  void Services(const std::string& apid) {
    t.runtime.Publish<v1alpha1::Service>("test", {{"apid", Text(apid)},
                                                  {"machined", Text("running: true healthy: true")},
                                                  {"networkd", Text("running: true unknown: true")},
                                                  {"udevd", Text("running: true healthy: true")}});
    t.Advance(50ms);
  }
  bool Committed() { return systems.FilesOf(kEfi).contains("EFI/Linux/ichor-000002-B.efi"); }
  bool OnTrial() {
    const auto rows = t.runtime.Read<boot::BootSlot>();
    return !rows.empty() && rows.front().spec().on_trial();
  }

  TestRuntime t;
  sys::FakeFileSystems systems;
  bool told = false;
  std::unique_ptr<SlotTrial> trial;
};

const SlotFacts kTrial{.slot = "B", .firmware = "uefi", .on_trial = true};

}  // namespace

TEST_CASE("slot trial: what was healthy for a minute is committed, and init is told") {
  Machine machine(kTrial);
  machine.t.Advance(59s);
  CHECK_FALSE(machine.Committed());
  CHECK(machine.OnTrial());
  machine.t.Advance(2s);
  CHECK(machine.Committed());
  CHECK(machine.told);
  CHECK_FALSE(machine.OnTrial());
  CHECK(machine.t.runtime.Read<boot::SlotHealth>().empty());
}

TEST_CASE("slot trial: the minute begins anew when something was not well") {
  Machine machine(kTrial);
  machine.t.Advance(50s);
  machine.Services("running: true");
  machine.t.Advance(30s);
  machine.Services("running: true healthy: true");
  machine.t.Advance(50s);
  CHECK_FALSE(machine.Committed());
  machine.t.Advance(11s);
  CHECK(machine.Committed());
}

TEST_CASE("slot trial: a disk that cannot be written is tried again, and said") {
  Machine machine(kTrial);
  machine.systems.CutPowerAfter(0);
  machine.t.Advance(61s);
  CHECK(machine.OnTrial());
  CHECK_FALSE(machine.told);
  const auto reports = machine.t.runtime.Read<boot::SlotReport>();
  REQUIRE(reports.size() == 1);
  CHECK(reports.front().spec().error() == "write: Input/output error");
  machine.systems.CutPowerAfter(-1);
  machine.t.Advance(60s);
  CHECK(machine.told);
  CHECK_FALSE(machine.OnTrial());
}

TEST_CASE("slot trial: a committed slot writes nothing, ever") {
  Machine machine({.slot = "B", .firmware = "uefi", .on_trial = false});
  machine.t.Advance(3600s);
  CHECK_FALSE(machine.Committed());
  CHECK_FALSE(machine.told);
}

TEST_CASE("slot facts: what stage 1 and an earlier machined left") {
  sys::FakeSysfs sysfs;
  sysfs.Write("/system/run/boot/slot", "B\n");
  sysfs.Write("/system/run/boot/firmware", "bios\n");
  CHECK_FALSE(ReadSlotFacts(sysfs).on_trial);
  sysfs.Write("/system/run/boot/tries", "1\n");
  const SlotFacts facts = ReadSlotFacts(sysfs);
  CHECK(facts.slot == "B");
  CHECK(facts.firmware == "bios");
  CHECK(facts.on_trial);
  sysfs.Write("/system/run/boot/committed", "1\n");
  CHECK_FALSE(ReadSlotFacts(sysfs).on_trial);
}

}  // namespace ichor
