#include "machined/parameters/register.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "ichor/resource.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_kernel_values.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using runtime::KernelParamStatus;
using std::chrono_literals::operator""ms;

const std::string kSwappiness = "/proc/sys/vm/swappiness";
const std::string kPanic = "/proc/sys/kernel/panic";

struct Directory {
  Directory() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~Directory() { std::filesystem::remove_all(path); }
  std::string path = "/tmp/parameters_test.XXXXXX";
};

// A machined, from its start to its end.
struct Machine {
  explicit Machine(sys::FakeKernelValues& values, const Directory& directory) {
    RegisterParameters(t.runtime, values, directory.path + "/before");
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    t.runtime.AddSource<config::MachineConfig>("test");
    t.runtime.Publish<runtime::KernelParamDefaultSpec>(
        "defaults", {{"proc.sys.kernel.panic", Text("value: '10' ignore_errors: true")},
                     {"proc.sys.missing", Text("value: '1' ignore_errors: true")}});
    t.runtime.Publish<runtime::DevicesStatus>("udev", {{"devices", Text("ready: true")}});
  }

  void Apply(const std::string& sysctls) {
    config::MachineConfig::Spec spec;
    spec.set_yaml_marshalled("apiVersion: v1alpha1\nkind: SysctlConfig\nparams: " + sysctls + "\n");
    t.runtime.Publish<config::MachineConfig>("test", {{"v1alpha1", std::move(spec)}});
    t.Advance(20ms);
    t.Settle();
  }

  KernelParamStatus::Spec Status(const std::string& id) {
    const auto rows = t.runtime.Read<KernelParamStatus>();
    const auto row = rows.find(id);
    REQUIRE(row != rows.end());
    return row->spec();
  }

  TestRuntime t;
};

}  // namespace

TEST_CASE(
    "parameters: the config's are set over the defaults, and go back when it says so no more") {
  const Directory directory;
  sys::FakeKernelValues values;
  values.values = {{kSwappiness, "60"}, {kPanic, "0"}};
  Machine machine(values, directory);
  machine.Apply("{vm.swappiness: '1', kernel.panic: '3'}");
  CHECK(values.values[kSwappiness] == "1");
  CHECK(values.values[kPanic] == "3");
  CHECK(machine.Status("proc.sys.vm.swappiness").current() == "1");
  CHECK(machine.Status("proc.sys.vm.swappiness").default_() == "60");
  CHECK(machine.Status("proc.sys.missing").unsupported());
  machine.Apply("{kernel.pid_max: '1'}");
  CHECK(values.values[kSwappiness] == "60");
  CHECK(values.values[kPanic] == "10");
}

TEST_CASE("parameters: what they were before outlives a crash of machined") {
  const Directory directory;
  sys::FakeKernelValues values;
  values.values = {{kSwappiness, "60"}, {kPanic, "10"}};
  {
    Machine machine(values, directory);
    machine.Apply("{vm.swappiness: '1'}");
  }
  Machine machine(values, directory);
  machine.Apply("{kernel.panic: '10'}");
  CHECK(values.values[kSwappiness] == "60");
}

TEST_CASE("parameters: what is as wished is not written, and what the kernel refuses is named") {
  const Directory directory;
  sys::FakeKernelValues values;
  values.values = {{kSwappiness, "60"}, {kPanic, "10"}};
  values.refused = {kSwappiness};
  Machine machine(values, directory);
  machine.Apply("{vm.swappiness: 'x'}");
  CHECK(values.written.empty());
  CHECK(machine.Status("proc.sys.vm.swappiness").current() == "60");
  const auto rows = machine.t.runtime.Read<runtime::ControllerStatus>();
  const auto row = rows.find("parameters.apply");
  REQUIRE(row != rows.end());
  CHECK(row->spec().error() ==
        "proc.sys.vm.swappiness: write \"x\" to /proc/sys/vm/swappiness: Invalid argument");
}

}  // namespace ichor
