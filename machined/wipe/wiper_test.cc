#include "machined/wipe/wiper.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/disk/partition_table.h"
#include "lib/sys/fake_disk_eraser.h"
#include "lib/sys/gpt_image.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr size_t kMiB = 1 << 20;

struct Disks {
  sys::FakeBlockDevices devices;
  sys::FakeDiskEraser eraser{devices};

  absl::Status Wipe(std::vector<WipePlan> plans) {
    Wiper wiper(eraser, devices, std::move(plans));
    absl::StatusOr<bool> more = true;
    while (more.ok() && *more) {
      more = wiper.Step();
    }
    return more.status();
  }
};

}  // namespace

TEST_CASE("wiper: the ends of a disk and of its partitions go, and no more") {
  Disks disks;
  disks.devices.Add("/dev/sdb", {}, std::string(20 * kMiB, 'x'));
  CHECK_THAT(disks.Wipe({{.dev_path = "/dev/sdb", .inside = {{5 * kMiB, 10 * kMiB}}}}), IsOk());
  const std::string zeros(kMiB, '\0');
  std::string expected(20 * kMiB, 'x');
  for (const size_t start : {0, 5, 14, 19}) {
    expected.replace(start * kMiB, kMiB, zeros);
  }
  CHECK(disks.devices.BytesOf("/dev/sdb") == expected);
  CHECK(disks.eraser.reread == std::vector<std::string>{"/dev/sdb"});
}

TEST_CASE("wiper: everything is zeros if asked for") {
  Disks disks;
  disks.devices.Add("/dev/sdb", {}, std::string(70 * kMiB + 7, 'x'));
  CHECK_THAT(disks.Wipe({{.dev_path = "/dev/sdb", .everything = true}}), IsOk());
  CHECK(disks.devices.BytesOf("/dev/sdb") == std::string(70 * kMiB + 7, '\0'));
}

TEST_CASE("wiper: what is in use stays, and so does what was to come after it") {
  Disks disks;
  disks.devices.Add("/dev/sdb", {}, "bbb");
  disks.devices.Add("/dev/sdc", {}, "ccc");
  disks.eraser.busy = {"/dev/sdb"};
  CHECK_THAT(
      disks.Wipe({{.dev_path = "/dev/sdb"}, {.dev_path = "/dev/sdc"}}),
      StatusIs(absl::StatusCode::kFailedPrecondition, "open /dev/sdb: Device or resource busy"));
  CHECK(disks.devices.BytesOf("/dev/sdb") == "bbb");
  CHECK(disks.devices.BytesOf("/dev/sdc") == "ccc");
}

TEST_CASE("wiper: a partition goes from its table, and the others stay") {
  Disks disks;
  const std::string image =
      sys::GptImage(65'536, {{"one", 2048, 2048, "1"}, {"two", 4096, 2048, "2"}});
  disks.devices.Add("/dev/sdb", {.size_bytes = image.size(), .sector_size_bytes = 512}, image);
  disks.devices.Add("/dev/sdb1", {}, std::string(kMiB, 'x'));
  CHECK_THAT(disks.Wipe({{.dev_path = "/dev/sdb1", .entry = {{"/dev/sdb", 1}}}}), IsOk());
  const std::string bytes = disks.devices.BytesOf("/dev/sdb");
  const auto table = disk::PartitionTable::Read(
      {.size_bytes = bytes.size(), .sector_bytes = 512},
      [&](std::uint64_t offset, size_t size) { return bytes.substr(offset, size); });
  REQUIRE_THAT(table, IsOk());
  REQUIRE(table->partitions().size() == 1);
  CHECK(table->partitions()[0].label == "two");
  CHECK(disks.eraser.removed["/dev/sdb"] == std::vector<std::uint32_t>{1});
}

}  // namespace ichor
