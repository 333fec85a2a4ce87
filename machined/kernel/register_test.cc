#include "machined/kernel/register.h"

#include <chrono>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_sysfs.h"
#include "machined/kernel/facts.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using runtime::PlatformMetadata;
using std::chrono_literals::operator""ms;
using std::string_literals::operator""s;

class Machine {
 public:
  explicit Machine(const std::string& command_line) {
    sysfs.Write("/proc/cmdline", command_line + "\n");
  }

  void Start() {
    RegisterKernel(t.runtime, sysfs, {.name = "Talos", .tag = "v1"});
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    t.runtime.Publish<hardware::SystemInformation>(
        "hardware", {{"systeminformation", Text("uuid: 'system-uuid'")}});
    t.runtime.Publish<runtime::DevicesStatus>("udevd", {});
    t.runtime.Publish<network::PlatformConfig>("platform", {{"active", Text(said)}});
    t.Settle();
    t.Advance(50ms);
  }

  TestRuntime t;
  sys::FakeSysfs sysfs;
  std::string said;  // by the platform
};

}  // namespace

TEST_CASE("kernel: on metal, hostname and instance come from command line and firmware") {
  Machine machine("talos.platform=metal quiet talos.hostname=\"n1\"");
  machine.sysfs.Write("/proc/sys/kernel/random/boot_id", "id-of-boot\n");
  machine.Start();
  Runtime& runtime = machine.t.runtime;
  const auto platforms = runtime.Read<PlatformMetadata>();
  REQUIRE(platforms.size() == 1);
  CHECK(platforms.front().id() == "platformmetadata");
  CHECK(platforms.front().spec().platform() == "metal");
  CHECK(platforms.front().spec().hostname() == "n1");
  CHECK(platforms.front().spec().instance_id() == "system-uuid");
  CHECK(runtime.Read<runtime::Diagnostic>().empty());
  CHECK(runtime.Read<runtime::KernelCmdline>().front().spec().cmdline() ==
        "talos.platform=metal quiet talos.hostname=\"n1\"");
  CHECK(runtime.Read<runtime::BootID>().front().spec().boot_id() == "id-of-boot");
  CHECK(runtime.Read<runtime::Version>().front().spec().version() == "v1");
}

TEST_CASE("kernel: without a platform it is metal, an unknown one is named") {
  Machine silent("quiet talos.platform=");
  silent.Start();
  CHECK(silent.t.runtime.Read<PlatformMetadata>().front().spec().platform() == "metal");
  Machine odd("talos.platform=toaster talos.hostname=n1 \xff");
  odd.Start();
  const auto row = odd.t.runtime.Read<PlatformMetadata>().front();
  CHECK(row.spec().platform() == "toaster");
  CHECK(row.spec().hostname().empty());
  REQUIRE(odd.t.runtime.Read<runtime::Diagnostic>().size() == 1);
  CHECK(odd.t.runtime.Read<runtime::Diagnostic>().front().spec().details(0) ==
        "talos.platform=toaster");
}

TEST_CASE("kernel: on a cloud, hostname and instance are what it says") {
  Machine machine("talos.platform=nocloud talos.hostname=other");
  machine.said = "metadata { platform: 'x' hostname: 'n1.example' instance_id: 'i-1' }";
  machine.Start();
  const auto row = machine.t.runtime.Read<PlatformMetadata>().front();
  CHECK(row.spec().platform() == "nocloud");
  CHECK(row.spec().hostname() == "n1.example");
  CHECK(row.spec().instance_id() == "i-1");
  CHECK(machine.t.runtime.Read<runtime::Diagnostic>().empty());
}

TEST_CASE("kernel: secure boot, UKI, entry and lockdown are read") {
  Machine machine("ichor.slot=A");
  const std::string variables = "/sys/firmware/efi/efivars/";
  machine.sysfs.Write(variables + "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", "\6\0\0\0\1"s);
  machine.sysfs.Write(variables + "StubInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", "\6\0\0\0x\0"s);
  machine.sysfs.Write(variables + "LoaderEntrySelected-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f",
                      "\6\0\0\0a\0.\0e\0f\0i\0\0\0"s);
  machine.sysfs.Write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
  machine.Start();
  const auto state = machine.t.runtime.Read<runtime::SecurityState>();
  REQUIRE(state.size() == 1);
  CHECK(state.front().spec().secure_boot());
  CHECK(state.front().spec().booted_with_uki());
  CHECK(state.front().spec().module_signature_enforced());
  CHECK(machine.t.runtime.Read<runtime::BootedEntry>().front().spec().booted_entry() == "a.efi");
}

TEST_CASE("kernel: on BIOS the slot is the entry, and nothing is secure") {
  Machine machine("ichor.slot=B");
  machine.sysfs.Write("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
  machine.Start();
  CHECK(machine.t.runtime.Read<runtime::BootedEntry>().front().spec().booted_entry() == "B");
  const auto state = machine.t.runtime.Read<runtime::SecurityState>().front();
  CHECK(!state.spec().secure_boot());
  CHECK(!state.spec().booted_with_uki());
  CHECK(!state.spec().module_signature_enforced());
}

TEST_CASE("kernel: the parameters that init sets are the defaults") {
  Machine machine("quiet");
  machine.Start();
  const auto wishes = machine.t.runtime.Read<runtime::KernelParamDefaultSpec>();
  REQUIRE(wishes.find("proc.sys.kernel.panic") != wishes.end());
  CHECK(wishes.find("proc.sys.kernel.panic")->spec().value() == "10");
}

TEST_CASE("efi text: UTF-16 up to a zero, cut off or broken") {
  CHECK(EfiText("").empty());
  CHECK(EfiText("\6\0\0"s).empty());
  CHECK(EfiText("\6\0\0\0a"s).empty());
  CHECK(EfiText("\6\0\0\0\xe9\0\0\xd8x\0\0\0y\0"s) == "\xc3\xa9\xef\xbf\xbdx");
}

}  // namespace ichor
