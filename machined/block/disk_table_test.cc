#include "machined/block/disk_table.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/disk/guid.h"
#include "lib/sys/fake_block_devices.h"

namespace ichor {
namespace {

using base::IsOk;

constexpr size_t kDiskBytes = 8 << 20;

}  // namespace

TEST_CASE("partition paths: names that end in a digit get a p") {
  CHECK(PartitionPath("/dev/sda", 6) == "/dev/sda6");
  CHECK(PartitionPath("/dev/nvme0n1", 6) == "/dev/nvme0n1p6");
  CHECK(PartitionPath("/dev/mmcblk0", 12) == "/dev/mmcblk0p12");
}

TEST_CASE("disk table: what is written is read, and the loader's code stays") {
  sys::FakeBlockDevices devices;
  devices.Add("/dev/sda", {}, "loader" + std::string(kDiskBytes - 6, '\0'));
  const auto geometry = ReadGeometry(devices, "/dev/sda");
  REQUIRE_THAT(geometry, IsOk());
  CHECK(geometry->size_bytes == kDiskBytes);
  CHECK(absl::IsNotFound(ReadTable(devices, "/dev/sda").status()));

  const disk::Guid id = disk::KnownGuid("0fc63daf-8483-4772-8e79-3d69d8477de4");
  disk::PartitionTable table(*geometry, id);
  REQUIRE_THAT(table.Add("META", id, id, 1 << 20), IsOk());
  REQUIRE_THAT(WriteTable(devices, "/dev/sda", table), IsOk());
  const auto read = ReadTable(devices, "/dev/sda");
  REQUIRE_THAT(read, IsOk());
  CHECK(read->entries() == table.entries());
  CHECK(devices.BytesOf("/dev/sda").starts_with("loader"));
}

TEST_CASE("disk table: of a disk that is not there, the error names it") {
  sys::FakeBlockDevices devices;
  CHECK(absl::IsNotFound(ReadTable(devices, "/dev/sdx").status()));
}

}  // namespace ichor
