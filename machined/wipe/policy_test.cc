#include "machined/wipe/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;
using block::BlockDevice;
using block::DiscoveredVolume;

constexpr std::string_view kMounts =
    "22 1 0:21 / / rw,relatime shared:1 - erofs /dev/dm-0 ro\n"
    "36 22 8:34 / /mnt/data rw - xfs /dev/sdc2 rw\n"
    "37 22 0:44 / /mnt/pool rw - btrfs /dev/sdd rw\n"
    "garbage\n"
    "38 22 x:y / /bad rw - xfs none rw\n";
constexpr std::string_view kSwaps =
    "Filename Type Size Used Priority\n/dev/sde1 partition 100 0 -2\n/var/file file 1 0 -3\n";

// sda: the system's; sdb: free, with one partition; sdc, sdd, sde: in use; sdf1: in an array.
DiskWorld World() {
  return {
      .devices =
          AllOf<BlockDevice>({{"md0", "type: 'disk' major: 9 secondaries: 'sdf1'"},
                              {"sda", "type: 'disk' major: 8"},
                              {"sda5", "major: 8 minor: 5 parent: 'sda' partition_number: 5"},
                              {"sdb", "type: 'disk' major: 8 minor: 16"},
                              {"sdb1", "major: 8 minor: 17 parent: 'sdb' partition_number: 1"},
                              {"sdc", "major: 8 minor: 32"},
                              {"sdc2", "major: 8 minor: 34 parent: 'sdc' partition_number: 2"},
                              {"sdd", "major: 8 minor: 48"},
                              {"sde", "major: 8 minor: 64"},
                              {"sde1", "major: 8 minor: 65 parent: 'sde' partition_number: 1"},
                              {"sdf", "major: 8 minor: 80"},
                              {"sdf1", "major: 8 minor: 81 parent: 'sdf' partition_number: 1"}}),
      .system_disks = AllOf<block::SystemDisk>({{"system-disk", "disk_id: 'sda'"}}),
      .volumes = AllOf<DiscoveredVolume>(
          {{"sdb", "size: 1000000000"}, {"sdb1", "parent: 'sdb' offset: 1048576 size: 5000000"}}),
      .uses = ParseUses(kMounts, kSwaps)};
}

storage::BlockDeviceWipeDescriptor Asked(const std::string& device) {
  storage::BlockDeviceWipeDescriptor asked;
  asked.set_device(device);
  return asked;
}

}  // namespace

TEST_CASE("wipe policy: a free disk may be wiped, and with it what its partitions hold") {
  auto asked = Asked(GENERATE(as<std::string>(), "sdb", "/dev/sdb"));
  absl::StatusOr<WipePlan> plan = PlanWipe(asked, World());
  REQUIRE_THAT(plan, IsOk());
  CHECK(plan->dev_path == "/dev/sdb");
  CHECK_FALSE(plan->everything);
  CHECK_FALSE(plan->entry.has_value());
  CHECK(plan->inside == std::vector<WipePlan::Place>{{1'048'576, 5'000'000}});
  asked.set_method(storage::BlockDeviceWipeDescriptor::ZEROES);
  CHECK(PlanWipe(asked, World())->everything);
}

TEST_CASE("wipe policy: a partition may go from its table") {
  auto asked = Asked("sdb1");
  asked.set_drop_partition(true);
  const absl::StatusOr<WipePlan> plan = PlanWipe(asked, World());
  REQUIRE_THAT(plan, IsOk());
  CHECK(plan->dev_path == "/dev/sdb1");
  CHECK(plan->entry == WipePlan::Entry{"/dev/sdb", 1});
  asked.set_device("sdb");
  CHECK_THAT(PlanWipe(asked, World()),
             StatusIs(absl::StatusCode::kInvalidArgument, "\"sdb\" is no partition to drop"));
}

TEST_CASE("wipe policy: the system's and what is in use is refused, with the reason") {
  const auto [device, reason] = GENERATE(
      table<std::string, std::string>({{"sda", "\"sda\" is the system disk: reset wipes it"},
                                       {"sda5", "\"sda5\" is a partition of the system disk"},
                                       {"sdc2", "\"sdc2\" is in use: sdc2 is mounted at /mnt/data"},
                                       {"sdc", "\"sdc\" is in use: sdc2 is mounted at /mnt/data"},
                                       {"sdd", "\"sdd\" is in use: sdd is mounted at /mnt/pool"},
                                       {"sde", "\"sde\" is in use: sde1 is used as swap"},
                                       {"sdf", "\"sdf\" is in use: md0 is made of sdf1"}}));
  auto asked = Asked(device);
  asked.set_skip_volume_check(true);
  CHECK_THAT(PlanWipe(asked, World()), StatusIs(absl::StatusCode::kFailedPrecondition, reason));
}

TEST_CASE("wipe policy: arrays may be skipped over, mounts may not; what is missing is said so") {
  auto asked = Asked("sdf1");
  asked.set_skip_secondary_check(true);
  CHECK_THAT(PlanWipe(asked, World()), IsOk());
  asked.set_device("sdc2");
  CHECK_FALSE(PlanWipe(asked, World()).ok());
  CHECK_THAT(PlanWipe(Asked("sdx"), World()),
             StatusIs(absl::StatusCode::kNotFound, "no block device \"sdx\""));
}

}  // namespace ichor
