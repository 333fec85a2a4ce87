#include "machined/block/device_rows.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/text.h"

namespace ichor {
namespace {

DiskState DiskWithTable() {
  DiskState state;
  state.facts = DiskFacts{.dev_path = "/dev/nvme0n1",
                          .size_bytes = 10'737'418'240,
                          .io_size_bytes = 4096,
                          .sector_size_bytes = 512};
  state.probed = sys::ProbedDisk{.size_bytes = 10'737'418'240, .sector_size_bytes = 512};
  state.probed->contents.type = "gpt";
  state.probed->contents.uuid = "disk-guid";
  sys::ProbedPartition state_partition{
      .index = 4, .offset_bytes = 1'048'576, .size_bytes = 104'857'600};
  state_partition.uuid = "part-guid";
  state_partition.type = "type-guid";
  state_partition.label = "STATE";
  state_partition.contents.type = "crypto_LUKS";
  state_partition.contents.uuid = "luks-uuid";
  state.probed->partitions.push_back(state_partition);
  return state;
}

}  // namespace

TEST_CASE("device rows: a partition's uevent file gives its disk, number and name") {
  const auto device = DeviceOf("/devices/pci0000:00/nvme/nvme0/nvme0n1/nvme0n1p4",
                               {{"MAJOR", "259"},
                                {"MINOR", "4"},
                                {"DEVNAME", "nvme0n1p4"},
                                {"DEVTYPE", "partition"},
                                {"PARTN", "4"},
                                {"PARTNAME", "a name = with\\signs"}});
  CHECK(device.type() == "partition");
  CHECK(device.major() == 259);
  CHECK(device.minor() == 4);
  CHECK(device.parent() == "nvme0n1");
  CHECK(device.partition_number() == 4);
  CHECK(device.partition_name() == "a name = with\\signs");
}

TEST_CASE("device rows: numbers that are none are 0, a disk has no parent") {
  const auto device =
      DeviceOf("/devices/virtual/block/loop0", {{"MAJOR", "x"}, {"DEVTYPE", "disk"}});
  CHECK(device.major() == 0);
  CHECK(device.parent().empty());
}

TEST_CASE("volume rows: a disk's partitions get what its table and their superblocks say") {
  const DeviceRows devices = {
      {"nvme0n1", Text("type: 'disk' device_path: '/devices/nvme0n1'")},
      {"nvme0n1p4", Text("type: 'partition' parent: 'nvme0n1' partition_number: 4")},
      {"sda1", Text("type: 'partition' parent: 'sda' partition_number: 4")}};
  const auto volumes = VolumesOf("nvme0n1", DiskWithTable(), devices);
  REQUIRE(volumes.size() == 2);
  const auto& disk = volumes.at("nvme0n1");
  CHECK(disk.name() == "gpt");
  CHECK(disk.uuid() == "disk-guid");
  CHECK(disk.pretty_size() == "11 GB");
  CHECK(disk.device_path() == "/devices/nvme0n1");
  CHECK(disk.parent().empty());
  const auto& partition = volumes.at("nvme0n1p4");
  CHECK(partition.dev_path() == "/dev/nvme0n1p4");
  CHECK(partition.parent() == "nvme0n1");
  CHECK(partition.parent_dev_path() == "/dev/nvme0n1");
  CHECK(partition.name() == "luks");
  CHECK(partition.uuid() == "luks-uuid");
  CHECK(partition.offset() == 1'048'576);
  CHECK(partition.size() == 104'857'600);
  CHECK(partition.partition_label() == "STATE");
  CHECK(partition.partition_uuid() == "part-guid");
  CHECK(partition.partition_type() == "type-guid");
  CHECK(partition.partition_index() == 4);
  CHECK(partition.sector_size() == 512);
}

TEST_CASE("volume rows: a partition that the table does not know has no contents") {
  const DeviceRows devices = {
      {"sda", Text("type: 'disk'")},
      {"sda9", Text("type: 'partition' parent: 'sda' partition_number: 9 partition_name: 'x'")}};
  const auto volumes = VolumesOf("sda", DiskWithTable(), devices);
  REQUIRE(volumes.contains("sda9"));
  CHECK(volumes.at("sda9").name().empty());
  CHECK(volumes.at("sda9").partition_label() == "x");
}

TEST_CASE("volume rows: labels that are no UTF-8 do not break the message") {
  DiskState state = DiskWithTable();
  state.probed->contents.label = "caf\xe9";
  state.facts->serial = "\xff";
  const auto volumes = VolumesOf("sda", state, {{"sda", Text("type: 'disk'")}});
  CHECK(volumes.at("sda").label() == "caf\xef\xbf\xbd");
  CHECK(DiskOf(*state.facts, {}).serial() == "\xef\xbf\xbd");
}

TEST_CASE("volume rows: nothing is said of a disk that was not read or is gone") {
  CHECK(VolumesOf("sda", DiskState(), {{"sda", Text("type: 'disk'")}}).empty());
  CHECK(VolumesOf("sda", DiskWithTable(), {}).empty());
}

}  // namespace ichor
