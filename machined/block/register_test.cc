#include "machined/block/register.h"

#include <chrono>
#include <format>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_block_devices.h"
#include "lib/sys/fake_sysfs.h"
#include "lib/sys/fake_uevents.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using block::BlockDevice;
using block::DiscoveredVolume;
using block::DiscoveredVolumesStatus;
using block::Disk;
using runtime::Diagnostic;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

sys::ProbedDisk OnePartition(const std::string& label) {
  sys::ProbedDisk disk{.size_bytes = 1'048'576, .sector_size_bytes = 512};
  disk.contents.type = "gpt";
  sys::ProbedPartition partition{
      .index = 1, .offset_bytes = 4096, .size_bytes = 524'288, .label = label};
  partition.contents.type = "xfs";
  disk.partitions.push_back(partition);
  return disk;
}

// A machine with disks but without hardware.
class Machine {
 public:
  // A disk with one partition. `minor` is the disk's; the partition's is one more.
  void AddDisk(const std::string& name, int minor, const std::string& label) {
    PutInSysfs(name, minor, 2048);
    PutPartitionInSysfs(name, minor, label);
    disks.Add(DevPathOf(name), OnePartition(label));
  }

  void PutInSysfs(const std::string& name, int minor, int sectors) {
    const std::string path = "/sys/devices/virtual/block/" + name;
    sysfs.Link("/sys/class/block/" + name, path);
    sysfs.Write(path + "/size", std::format("{}\n", sectors));
    sysfs.Write(path + "/uevent", std::format("MAJOR=8\nMINOR={}\nDEVTYPE=disk\n", minor));
  }

  void PutPartitionInSysfs(const std::string& name, int minor, const std::string& label) {
    const std::string path = std::format("/sys/devices/virtual/block/{0}/{0}1", name);
    sysfs.Link(std::format("/sys/class/block/{}1", name), path);
    sysfs.Write(path + "/uevent",
                std::format("MAJOR=8\nMINOR={}\nDEVTYPE=partition\nPARTN=1\nPARTNAME={}\n",
                            minor + 1, label));
  }

  void Unplug(const std::string& name) {
    sysfs.Remove(std::format("/sys/class/block/{}1", name));
    sysfs.Remove("/sys/class/block/" + name);
    sysfs.Remove("/sys/devices/virtual/block/" + name);
    disks.Remove(DevPathOf(name));
  }

  void Send(const std::string& action, const std::string& path, const std::string& type, int minor,
            sys::Uevent::Origin origin = sys::Uevent::Origin::kKernel) {
    sys::Uevent event{
        .origin = origin,
        .action = action,
        .devpath = "/devices/virtual/block/" + path,
        .subsystem = "block",
        .properties = {
            {"DEVTYPE", type}, {"MAJOR", "8"}, {"MINOR", std::to_string(minor)}, {"PARTN", "1"}}};
    uevents.Send(std::move(event));
  }

  void Start() {
    area = RegisterBlock({t.runtime, *t.loop, t.executor, t.clock, sysfs, uevents, disks,
                          [this](const sys::Uevent& event) { others.push_back(event.subsystem); }},
                         ReadBootFacts(sysfs));
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    area->Start();
    t.Settle();
  }

  // Takes the events and waits until their consequences are published.
  void Settle() {
    area->TakeEvents();
    t.Settle();
    t.Advance(50ms);
  }

  bool Ready() {
    const auto rows = t.runtime.Read<DiscoveredVolumesStatus>();
    return rows.size() == 1 && rows.front().spec().ready();
  }

  sys::FakeSysfs sysfs;
  sys::FakeUevents uevents;
  sys::FakeBlockDevices disks;
  TestRuntime t;
  std::unique_ptr<Discovery> area;
  std::vector<std::string> others;  // subsystems of events about no block device

 private:
  static std::string DevPathOf(const std::string& name) { return "/dev/" + name; }
};

}  // namespace

TEST_CASE("block: disks, partitions and the system disk are found at the start") {
  Machine machine;
  machine.AddDisk("sda", 0, "META");
  machine.AddDisk("sdb", 16, "META");
  machine.sysfs.Write("/system/run/boot/system-disk", "8:16\n");
  machine.sysfs.Write("/system/run/boot/copies", "8:0\n");
  machine.sysfs.Write("/dev/sda", "");
  machine.sysfs.Link("/dev/disk/by-id/one", "../../sda");
  machine.Start();
  machine.Settle();
  Runtime& runtime = machine.t.runtime;

  CHECK(runtime.Read<BlockDevice>().size() == 4);
  const auto disks = runtime.Read<Disk>();
  REQUIRE(disks.size() == 2);
  CHECK(disks[0].spec().size() == 1'048'576);
  CHECK(disks[0].spec().pretty_size() == "1.0 MB");
  CHECK(disks[0].spec().symlinks_size() == 1);
  const auto volumes = runtime.Read<DiscoveredVolume>();
  REQUIRE(volumes.find("sdb1") != volumes.end());
  CHECK(volumes.find("sdb1")->spec().partition_label() == "META");
  CHECK(volumes.find("sdb1")->spec().name() == "xfs");
  const auto system_disk = runtime.Read<block::SystemDisk>();
  REQUIRE(system_disk.size() == 1);
  CHECK(system_disk.front().spec().disk_id() == "sdb");
  const auto diagnostics = runtime.Read<Diagnostic>();
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics.front().spec().details(1) == "/dev/sda is a copy");
  const auto links = runtime.Read<block::BlockSymlink>();
  REQUIRE(links.size() == 1);
  CHECK(links.front().spec().paths(0) == "/dev/disk/by-id/one");
}

TEST_CASE("block: 64 disks with odd names, one without size, unused loops and memory") {
  Machine machine;
  for (int i = 0; i < 64; ++i) {
    machine.AddDisk(std::format("sd,é {}!", i), i * 16, std::format("a=b\\{}", i));
  }
  machine.PutInSysfs("sr0", 4000, 0);
  machine.PutInSysfs("loop0", 4001, 0);
  machine.PutInSysfs("ram0", 4002, 8192);
  for (int i = 0; i < 64; ++i) {
    machine.disks.Add(std::format("/dev/sd,é {}/", i), OnePartition("x"));
  }
  machine.Start();
  machine.Settle();
  CHECK(machine.t.runtime.Read<Disk>().size() == 65);
  CHECK(machine.t.runtime.Read<DiscoveredVolume>().size() == 129);
  const auto volumes = machine.t.runtime.Read<DiscoveredVolume>();
  CHECK(volumes.find("loop0") == volumes.end());
  CHECK(volumes.find("ram0") == volumes.end());
  CHECK(machine.t.runtime.Read<Diagnostic>().empty());
}

TEST_CASE("block: what stage 1 made of the slot is no disk, another mapped device is") {
  Machine machine;
  for (const std::string name : {"dm-0", "dm-1"}) {
    machine.PutInSysfs(name, name == "dm-0" ? 0 : 1, 2048);
    machine.disks.Add("/dev/" + name, OnePartition("x"));
  }
  machine.sysfs.Write("/sys/devices/virtual/block/dm-0/dm/name", "ichor-base\n");
  machine.sysfs.Write("/sys/devices/virtual/block/dm-1/dm/name", "luks2-EPHEMERAL\n");
  machine.Start();
  machine.Settle();
  const auto disks = machine.t.runtime.Read<Disk>();
  REQUIRE(disks.size() == 1);
  CHECK(disks.front().id() == "dm-1");
  CHECK(machine.t.runtime.Read<block::BlockDevice>().size() == 2);
}

TEST_CASE("block: a machine without disks says so") {
  Machine machine;
  machine.Start();
  machine.t.runtime.Publish<runtime::DevicesStatus>("udevd", {{"devices", Text("ready: true")}});
  machine.Settle();
  CHECK(machine.t.runtime.Read<Disk>().empty());
  CHECK(machine.t.runtime.Read<block::SystemDisk>().empty());
  CHECK(machine.Ready());
}

TEST_CASE("block: a disk that is plugged in appears, changes, and goes") {
  Machine machine;
  machine.Start();
  machine.AddDisk("sdc", 32, "DATA");
  machine.Send("add", "sdc", "disk", 32);
  machine.Send("add", "sdc/sdc1", "partition", 33);
  machine.Settle();
  Runtime& runtime = machine.t.runtime;
  REQUIRE(runtime.Read<Disk>().size() == 1);
  CHECK(runtime.Read<BlockDevice>().find("sdc")->spec().generation() == 1);
  CHECK(runtime.Read<DiscoveredVolume>().find("sdc1")->spec().partition_label() == "DATA");

  machine.disks.Add("/dev/sdc", OnePartition("OTHER"));
  machine.Send("change", "sdc", "disk", 32);
  machine.Settle();
  CHECK(runtime.Read<BlockDevice>().find("sdc")->spec().generation() == 2);
  CHECK(runtime.Read<DiscoveredVolume>().find("sdc1")->spec().partition_label() == "OTHER");

  machine.Unplug("sdc");
  machine.Send("remove", "sdc/sdc1", "partition", 33);
  machine.Send("remove", "sdc", "disk", 32);
  machine.Settle();
  CHECK(runtime.Read<BlockDevice>().empty());
  CHECK(runtime.Read<Disk>().empty());
  CHECK(runtime.Read<DiscoveredVolume>().empty());
}

TEST_CASE("block: after lost events everything is looked at anew") {
  Machine machine;
  machine.AddDisk("sda", 0, "A");
  machine.Start();
  machine.AddDisk("sdb", 16, "B");
  machine.Unplug("sda");
  machine.uevents.Lose();
  machine.Settle();
  const auto disks = machine.t.runtime.Read<Disk>();
  REQUIRE(disks.size() == 1);
  CHECK(disks.front().id() == "sdb");
}

TEST_CASE("block: udevd's links show up when its rules were applied") {
  Machine machine;
  machine.AddDisk("sda", 0, "A");
  machine.Start();
  machine.sysfs.Write("/dev/sda", "");
  machine.sysfs.Link("/dev/disk/by-path/p", "../../sda");
  machine.Send("add", "sda", "disk", 0, sys::Uevent::Origin::kUdev);
  machine.Settle();
  CHECK(machine.t.runtime.Read<Disk>().front().spec().symlinks(0) == "/dev/disk/by-path/p");
  CHECK(machine.t.runtime.Read<BlockDevice>().find("sda")->spec().generation() == 1);
}

TEST_CASE("block: disks that hang are named, stop no others, and count when they answer") {
  Machine machine;
  machine.AddDisk("sda", 0, "A");
  machine.AddDisk("sdb", 16, "B");
  machine.AddDisk("sdc", 32, "C");
  machine.t.executor.Hold("block.probe sda");
  machine.t.executor.Hold("block.probe sdb");
  machine.Start();
  machine.t.runtime.Publish<runtime::DevicesStatus>("udevd", {{"devices", Text("ready: true")}});
  machine.Settle();
  Runtime& runtime = machine.t.runtime;
  CHECK(runtime.Read<Disk>().empty());  // both probes are taken
  CHECK(!machine.Ready());

  machine.t.Advance(10s);
  machine.Settle();
  REQUIRE(runtime.Read<Disk>().size() == 3);
  CHECK(runtime.Read<DiscoveredVolume>().find("sdc1")->spec().partition_label() == "C");
  REQUIRE(runtime.Read<Diagnostic>().size() == 2);
  CHECK(runtime.Read<Diagnostic>().front().id() == "disk-unreadable-sda");
  CHECK(runtime.Read<Diagnostic>().front().spec().message() ==
        "what is on /dev/sda cannot be read");
  CHECK(runtime.Read<Diagnostic>().front().spec().details(0) == "no answer for 10s");
  CHECK(machine.t.executor.replaced.size() == 2);
  CHECK(machine.Ready());

  machine.t.executor.Release("block.probe sda");
  machine.Settle();
  CHECK(runtime.Read<DiscoveredVolume>().find("sda1")->spec().partition_label() == "A");
  CHECK(runtime.Read<Diagnostic>().size() == 1);
}

TEST_CASE("block: a disk that hangs, goes and comes back is probed anew") {
  Machine machine;
  machine.AddDisk("sda", 0, "OLD");
  machine.t.executor.Hold("block.probe sda");
  machine.Start();
  machine.t.Advance(10s);
  machine.Send("remove", "sda/sda1", "partition", 1);
  machine.Send("remove", "sda", "disk", 0);
  machine.Settle();
  CHECK(machine.t.runtime.Read<Disk>().empty());
  CHECK(machine.t.runtime.Read<Diagnostic>().empty());
  machine.Send("add", "sda", "disk", 0);
  machine.Send("add", "sda/sda1", "partition", 1);
  machine.t.executor.Release("block.probe sda");
  machine.Settle();
  CHECK(machine.t.runtime.Read<DiscoveredVolume>().size() == 2);
  CHECK(machine.t.runtime.Read<BlockDevice>().find("sda")->spec().generation() == 2);
}

TEST_CASE("block: a disk that cannot be read is named, and is listed") {
  Machine machine;
  machine.AddDisk("sda", 0, "A");
  machine.disks.Fail("/dev/sda", absl::UnavailableError("open /dev/sda: Input/output error"));
  machine.Start();
  machine.Settle();
  CHECK(machine.t.runtime.Read<Disk>().front().spec().size() == 1'048'576);
  CHECK(machine.t.runtime.Read<DiscoveredVolume>().find("sda")->spec().name().empty());
  CHECK(machine.t.runtime.Read<Diagnostic>().front().spec().details(0) ==
        "open /dev/sda: Input/output error");

  machine.disks.Add("/dev/sda", OnePartition("A"));
  machine.area->Refresh();
  machine.Settle();
  CHECK(machine.t.runtime.Read<Diagnostic>().empty());
  CHECK(machine.t.runtime.Read<DiscoveredVolume>().find("sda")->spec().name() == "gpt");
}

TEST_CASE("block: events about other devices are passed on") {
  Machine machine;
  machine.Start();
  machine.uevents.Send({.action = "add", .devpath = "/module/loop", .subsystem = "module"});
  machine.Send("add", "sda", "disk", 0);
  machine.Settle();
  CHECK(machine.others == std::vector<std::string>{"module"});
}

}  // namespace ichor
