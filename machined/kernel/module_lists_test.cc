#include "machined/kernel/module_lists.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_sysfs.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using runtime::KernelModuleStatus;
using runtime::LoadedKernelModule;
using std::chrono_literals::operator""ms;

struct Machine {
  Machine() {
    sysfs.Write("/proc/modules", "loop 40960 0 - Live 0x0\n");
    sysfs.Write("/proc/sys/kernel/osrelease", "6.12\n");
    sysfs.Write("/usr/lib/modules/6.12/modules.builtin", "kernel/fs/ext4/ext4.ko\n");
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    t.runtime.OnSettled([this] { lists.OnSettled(); });
  }

  void Devices(const std::string& status) {
    t.runtime.Publish<runtime::DevicesStatus>("udevd", {{"devices", Text(status)}});
    Settle();
  }
  void Settle() {
    t.Settle();
    t.Advance(50ms);
    t.Settle();
  }
  void Load(const std::string& line, const std::string& subsystem = "module") {
    sysfs.Write("/proc/modules", line + "\n");
    lists.OnUevent({.action = "add", .devpath = "/module/x", .subsystem = subsystem});
  }
  size_t Loaded() { return t.runtime.Read<LoadedKernelModule>().size(); }

  TestRuntime t;
  sys::FakeSysfs sysfs;
  ModuleLists lists{{.runtime = t.runtime,
                     .loop = *t.loop,
                     .executor = t.executor,
                     .clock = t.clock,
                     .sysfs = sysfs}};
};

}  // namespace

TEST_CASE("module lists: loaded and built-in ones, once the devices have settled") {
  Machine machine;
  machine.Devices("ready: false");
  CHECK(machine.Loaded() == 0);
  machine.Devices("ready: true");
  REQUIRE(machine.Loaded() == 1);
  CHECK(machine.t.runtime.Read<LoadedKernelModule>().front().id() == "loop");
  const auto statuses = machine.t.runtime.Read<KernelModuleStatus>();
  REQUIRE(statuses.size() == 2);
  CHECK(statuses[0].id() == "ext4");
  CHECK(statuses[1].spec().size() == 40'960);
}

TEST_CASE("module lists: what is loaded later is listed a moment later") {
  Machine machine;
  machine.Devices("ready: true");
  const std::string both = "loop 40960 0 - Live 0x0\nzram 1 0 - Live 0x0";
  machine.Load(both, "block");
  machine.t.Advance(ModuleLists::kDelay);
  machine.Settle();
  CHECK(machine.Loaded() == 1);
  machine.Load(both);
  machine.Settle();
  CHECK(machine.Loaded() == 1);
  machine.t.Advance(ModuleLists::kDelay);
  machine.Settle();
  CHECK(machine.Loaded() == 2);
}

}  // namespace ichor
