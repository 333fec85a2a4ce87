#include "machined/hardware/register.h"

#include <chrono>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_sysfs.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using hardware::SystemInformation;
using runtime::DevicesStatus;
using runtime::MetaKey;
using runtime::MetaLoad;
using std::chrono_literals::operator""ms;
using std::string_literals::operator""s;

class Machine {
 public:
  Machine() {
    RegisterHardware(t.runtime, sysfs);
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    t.runtime.Publish<MetaKey>("meta", {});
    t.runtime.Publish<MetaLoad>("meta", {});
    t.runtime.Publish<DevicesStatus>("udevd", {});
  }

  void LoadMeta() {
    t.runtime.Publish<MetaLoad>("meta", {{"meta-loaded", Text("done: true")}});
    Settle();
  }

  void Settle() {
    t.Settle();
    t.Advance(50ms);
  }

  TestRuntime t;
  sys::FakeSysfs sysfs;
};

}  // namespace

TEST_CASE(
    "hardware: META's UUID replaces the firmware's, and nothing is said before META is read") {
  Machine machine;
  machine.sysfs.Write("/sys/class/dmi/id/product_uuid", "firmware\n");
  machine.sysfs.Write("/sys/class/dmi/id/sys_vendor", "QEMU\n");
  machine.Settle();
  Runtime& runtime = machine.t.runtime;
  CHECK(runtime.Read<SystemInformation>().empty());
  machine.LoadMeta();
  REQUIRE(runtime.Read<SystemInformation>().size() == 1);
  CHECK(runtime.Read<SystemInformation>().front().id() == "systeminformation");
  CHECK(runtime.Read<SystemInformation>().front().spec().uuid() == "firmware");
  CHECK(runtime.Read<SystemInformation>().front().spec().manufacturer() == "QEMU");
  runtime.Publish<MetaKey>("meta", {{"0x0f", Text("value: 'mine'")}});
  machine.Settle();
  CHECK(runtime.Read<SystemInformation>().front().spec().uuid() == "mine");
}

TEST_CASE("hardware: a board without SMBIOS has its device tree") {
  Machine machine;
  machine.sysfs.Write("/sys/firmware/devicetree/base/model", "Raspberry Pi 4 Model B\0"s);
  machine.sysfs.Write("/sys/firmware/devicetree/base/serial-number", "10000000abcdef01\0"s);
  machine.sysfs.Write("/sys/firmware/devicetree/base/compatible",
                      "raspberrypi,4-model-b\0brcm,bcm2711\0"s);
  machine.LoadMeta();
  const auto rows = machine.t.runtime.Read<SystemInformation>();
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().spec().product_name() == "Raspberry Pi 4 Model B");
  CHECK(rows.front().spec().serial_number() == "10000000abcdef01");
  CHECK(rows.front().spec().manufacturer() == "raspberrypi");
}

TEST_CASE("hardware: memory slots with the same name are told apart") {
  Machine machine;
  const std::string slot = "\x11\x15\0\0\0\0\0\0\0\0\0\0\0\x04\0\0\1\0\0\0\0"s + "DIMM 0\0\0"s;
  machine.sysfs.Write("/sys/firmware/dmi/tables/DMI", slot + slot);
  machine.Settle();
  const auto rows = machine.t.runtime.Read<hardware::MemoryModule>();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].id() == "DIMM-0");
  CHECK(rows[1].id() == "DIMM-0-2");
}

TEST_CASE("hardware: PCI devices have their numbers, and their drivers once these are bound") {
  Machine machine;
  const std::string device = "/sys/devices/pci0000:00/0000:00:02.0";
  machine.sysfs.Link("/sys/bus/pci/devices/0000:00:02.0",
                     "../../../devices/pci0000:00/0000:00:02.0");
  machine.sysfs.Write(device + "/class", "0x010000\n");
  machine.sysfs.Write(device + "/vendor", "0x1af4\n");
  machine.sysfs.Write(device + "/device", "0x1001\n");
  machine.Settle();
  Runtime& runtime = machine.t.runtime;
  REQUIRE(runtime.Read<hardware::PCIDevice>().size() == 1);
  CHECK(runtime.Read<hardware::PCIDevice>().front().spec().driver().empty());

  machine.sysfs.Write("/run/udev/data/+pci:0000:00:02.0",
                      "I:2345\nE:ID_PCI_SUBCLASS_FROM_DATABASE=SCSI storage controller\n"
                      "E:ID_VENDOR_FROM_DATABASE=Red Hat, Inc.\n");
  machine.sysfs.Write("/sys/bus/pci/drivers/virtio-pci/bind", "");
  machine.sysfs.Link(device + "/driver", "../../../bus/pci/drivers/virtio-pci");
  runtime.Publish<DevicesStatus>("udevd", {{"devices", Text("ready: true")}});
  machine.Settle();
  const auto row = runtime.Read<hardware::PCIDevice>().front();
  CHECK(row.id() == "0000:00:02.0");
  CHECK(row.spec().class_() == "Mass storage controller");
  CHECK(row.spec().subclass() == "SCSI storage controller");
  CHECK(row.spec().vendor() == "Red Hat, Inc.");
  CHECK(row.spec().class_id() == "0x01");
  CHECK(row.spec().subclass_id() == "0x00");
  CHECK(row.spec().vendor_id() == "0x1af4");
  CHECK(row.spec().product() == "0x1001");
  CHECK(row.spec().driver() == "virtio-pci");
}

TEST_CASE("hardware: cores are listed, a machine that says nothing has empty lists") {
  Machine machine;
  machine.Settle();
  CHECK(machine.t.runtime.Read<hardware::CPUCore>().empty());
  CHECK(machine.t.runtime.Read<hardware::Processor>().empty());
  machine.sysfs.Write("/proc/cpuinfo", "processor : 0\nmodel name : one\n\n");
  machine.t.runtime.Publish<DevicesStatus>("udevd", {{"devices", Text("ready: true")}});
  machine.Settle();
  CHECK(machine.t.runtime.Read<hardware::CPUCore>().front().spec().model_name() == "one");
}

}  // namespace ichor
