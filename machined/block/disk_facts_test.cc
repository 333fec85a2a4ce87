#include "machined/block/disk_facts.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/sys/fake_sysfs.h"

namespace ichor {
namespace {

using std::string_literals::operator""s;

// A virtio disk as a virtual machine has it, with the paths and texts of a real one.
void AddVirtioDisk(sys::FakeSysfs& sysfs) {
  const std::string disk = "/sys/devices/pci0000:00/0000:00:02.0/virtio1/block/vda";
  sysfs.Link("/sys/class/block/vda", "../../devices/pci0000:00/0000:00:02.0/virtio1/block/vda");
  sysfs.Link(disk + "/device", "../../../virtio1");
  sysfs.Write("/sys/devices/pci0000:00/0000:00:02.0/virtio1/modalias",
              "virtio:d00000002v00001AF4\n");
  sysfs.Write(disk + "/size", "20971520\n");
  sysfs.Write(disk + "/ro", "0\n");
  sysfs.Write(disk + "/serial", "ichor-0\n");
  sysfs.Write(disk + "/queue/logical_block_size", "512\n");
  sysfs.Write(disk + "/queue/minimum_io_size", "4096\n");
  sysfs.Write(disk + "/queue/optimal_io_size", "0\n");
  sysfs.Write(disk + "/queue/rotational", "1\n");
}

}  // namespace

TEST_CASE("disk facts: a virtio disk's attributes are read") {
  sys::FakeSysfs sysfs;
  AddVirtioDisk(sysfs);
  const DiskFacts facts = ReadDiskFacts(sysfs, "vda");
  CHECK(facts.dev_path == "/dev/vda");
  CHECK(facts.size_bytes == 10'737'418'240);
  CHECK(facts.io_size_bytes == 4096);
  CHECK(facts.sector_size_bytes == 512);
  CHECK(!facts.readonly);
  CHECK(!facts.cdrom);
  CHECK(facts.rotational);
  CHECK(facts.serial == "ichor-0");
  CHECK(facts.modalias == "virtio:d00000002v00001AF4");
  CHECK(facts.bus_path == "/pci0000:00/0000:00:02.0/virtio1");
  CHECK(facts.transport == "virtio");
}

TEST_CASE("disk facts: a SCSI disk's serial number comes from its vital product data") {
  sys::FakeSysfs sysfs;
  const std::string disk = "/sys/devices/pci0000:00/ata1/host0/target0:0:0/0:0:0:0/block/sr0";
  sysfs.Link("/sys/class/block/sr0", disk);
  sysfs.Write(disk + "/device/vpd_pg80",
              "\0\x80\0\x0cQM\x01\xff"
              "00001  "s);
  sysfs.Write(disk + "/device/model", "QEMU DVD-ROM    \n");
  sysfs.Write(disk + "/device/rev", "2.5+\n");
  sysfs.Write(disk + "/device/wwid", "t10.ATA QEMU\n");
  sysfs.Write(disk + "/device/type", "5\n");
  const DiskFacts facts = ReadDiskFacts(sysfs, "sr0");
  CHECK(facts.serial == "QM00001");
  CHECK(facts.model == "QEMU DVD-ROM");
  CHECK(facts.firmware_version == "2.5+");
  CHECK(facts.wwid == "t10.ATA QEMU");
  CHECK(facts.cdrom);
  CHECK(facts.transport == "sata");
}

TEST_CASE("disk facts: a disk of which nothing can be read is no error") {
  sys::FakeSysfs sysfs;
  const DiskFacts facts = ReadDiskFacts(sysfs, "cciss!c0d0");
  CHECK(facts.dev_path == "/dev/cciss/c0d0");
  CHECK(facts.size_bytes == 0);
  sysfs.Write("/sys/class/block/sda/size", "18446744073709551615\n");
  CHECK(ReadDiskFacts(sysfs, "sda").size_bytes == 0);
}

TEST_CASE("disk facts: a mapped disk names what it is made of") {
  sys::FakeSysfs sysfs;
  sysfs.Write("/sys/class/block/dm-0/size", "8\n");
  sysfs.Link("/sys/class/block/dm-0/slaves/sdb", "../../sdb");
  sysfs.Link("/sys/class/block/dm-0/slaves/sda2", "../../sda2");
  CHECK(ReadDiskFacts(sysfs, "dm-0").secondaries == std::vector<std::string>{"sda2", "sdb"});
}

TEST_CASE("transport: the innermost bus that people name") {
  const auto [path, transport] = GENERATE(table<std::string, std::string>({
      {"/sys/devices/pci0000:00/0000:00:07.0/virtio4/host1/target1:0:0/1:0:0:0/block/sda",
       "virtio"},
      {"/sys/devices/pci0000:00/0000:00:04.0/nvme/nvme0/nvme0n1", "nvme"},
      {"/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/host2/target2:0:0/block/sdb", "usb"},
      {"/sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda", "sata"},
      {"/sys/devices/platform/soc/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0", "mmc"},
      {"/sys/devices/pci0/host0/port-0:0/end_device-0:0/target0:0:0/block/sda", "sas"},
      {"/sys/devices/pci0/host0/target0:0:0/block/sda", "scsi"},
      {"/sys/devices/virtual/block/dm-0", ""},
  }));
  CHECK(TransportOf(path) == transport);
}

TEST_CASE("symlinks: links are found by device, dangling ones and others' are left out") {
  sys::FakeSysfs sysfs;
  sysfs.Write("/dev/vda", "");
  sysfs.Write("/dev/cciss/c0d0", "");
  sysfs.Link("/dev/disk/by-path/virtio-pci-0000:00:02.0", "../../vda");
  sysfs.Link("/dev/disk/by-id/virtio-odd\\x20name", "../../vda");
  sysfs.Link("/dev/disk/by-id/lost", "../../vdb");
  sysfs.Link("/dev/disk/by-id/c", "../../cciss/c0d0");
  sysfs.Link("/dev/disk/by-path/pci-0000:00:02.0-part/by-partnum/1", "../../../../vda");
  const auto links = ReadSymlinks(sysfs);
  CHECK(links.size() == 2);
  CHECK(links.at("vda") == std::vector<std::string>{"/dev/disk/by-id/virtio-odd\\x20name",
                                                    "/dev/disk/by-path/virtio-pci-0000:00:02.0"});
  CHECK(links.at("cciss!c0d0") == std::vector<std::string>{"/dev/disk/by-id/c"});
  CHECK(ReadSymlinks(*std::make_unique<sys::FakeSysfs>()).empty());
}

}  // namespace ichor
