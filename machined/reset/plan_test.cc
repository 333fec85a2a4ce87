#include "machined/reset/plan.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using block::BlockDevice;

DiskWorld World() {
  return {.devices = AllOf<BlockDevice>({{"sda", Text("type: 'disk' major: 8")},
                                         {"sdb", Text("type: 'disk' major: 8 minor: 16")}}),
          .system_disks = AllOf<block::SystemDisk>(
              {{"system-disk", Text("disk_id: 'sda' dev_path: '/dev/sda'")}}),
          .volumes = AllOf<block::DiscoveredVolume>({}),
          .uses = {}};
}

absl::StatusOr<ichor::definitions::Wipe> Plan(const machine::ResetRequest& request) {
  return PlanReset(request, World());
}

}  // namespace

TEST_CASE("reset: partitions by label, or without any all of the system disk") {
  const auto some =
      Plan(Text("system_partitions_to_wipe { label: 'STATE' wipe: true } "
                "system_partitions_to_wipe { label: 'EPHEMERAL' wipe: true } "
                "system_partitions_to_wipe { label: 'META' }"));
  REQUIRE(some.ok());
  CHECK(some->partitions_size() == 2);
  CHECK_FALSE(some->system_disk());
  const auto all = Plan(Text("mode: SYSTEM_DISK"));
  REQUIRE(all.ok());
  CHECK(all->system_disk());
  CHECK(all->partitions().empty());
}

TEST_CASE("reset: other disks, alone or with the system's") {
  const auto users = Plan(Text("mode: USER_DISKS user_disks_to_wipe: '/dev/sdb'"));
  REQUIRE(users.ok());
  CHECK_FALSE(users->system_disk());
  REQUIRE(users->disks_size() == 1);
  CHECK(users->disks(0) == "/dev/sdb");
}

TEST_CASE("reset: what it cannot mean is refused by name") {
  CHECK(Plan(Text("system_partitions_to_wipe { label: 'BOOT' wipe: true }")).status() ==
        absl::InvalidArgumentError(
            "system_partitions_to_wipe: \"BOOT\", expected one of CRI, EPHEMERAL, ETCD, "
            "KUBELET, LOG, META, STATE"));
  CHECK(absl::IsInvalidArgument(Plan(Text("mode: USER_DISKS")).status()));
  CHECK(
      absl::IsInvalidArgument(Plan(Text("mode: SYSTEM_DISK user_disks_to_wipe: 'sdb'")).status()));
  CHECK(absl::IsFailedPrecondition(
      Plan(Text("mode: USER_DISKS user_disks_to_wipe: '/dev/sda'")).status()));
  CHECK(absl::IsNotFound(Plan(Text("mode: USER_DISKS user_disks_to_wipe: 'sdx'")).status()));
}

}  // namespace ichor
