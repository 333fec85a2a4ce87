#include "lib/disk/volume_table.h"

#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "catch2/matchers/catch_matchers_string.hpp"
#include "lib/base/status_matchers.h"
#include "lib/disk/system_table.h"

namespace ichor::disk {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;

constexpr std::uint64_t kMib = std::uint64_t{1} << 20U;

const Guid kSystem = KnownGuid("11111111-2222-4333-8444-555555555555");
const Guid kNew = KnownGuid("aaaaaaaa-2222-4333-8444-555555555555");

VolumeDisk Empty(const std::string& path, std::uint64_t mib = 64) {
  return {.dev_path = path, .geometry = {.size_bytes = mib * kMib}, .contents = ""};
}

VolumeDisk With(const std::string& path, PartitionTable table) {
  const Geometry geometry = table.geometry();
  return {.dev_path = path, .geometry = geometry, .table = std::move(table), .contents = "gpt"};
}

NewVolume Volume(const std::string& label, std::uint64_t min_mib, std::uint64_t max_mib = 0) {
  NewVolume volume{.label = label, .size = {.min_bytes = min_mib * kMib}};
  if (max_mib > 0) {
    volume.size.max_bytes = max_mib * kMib;
  }
  return volume;
}

std::uint64_t MibOf(const PartitionTable& table, const std::string& label) {
  const auto partition = FindVolume(table, kSystem, label);
  return partition.has_value() ? partition->size_bytes / kMib : 0;
}

PartitionTable Image(std::uint64_t mib) {
  PartitionTable table({.size_bytes = mib * kMib}, kSystem);
  for (const auto label : {kEfi, kRootA, kMeta}) {
    REQUIRE_THAT(table.Add(std::string(label), LinuxData(), kNew, kMib), IsOk());
  }
  return table;
}

}  // namespace

TEST_CASE("volume table: an empty disk gets a table with the volume, blank and ours") {
  const auto plan = PlanVolume(Volume("ETCD", 4, 16), kSystem, kNew, {Empty("/dev/sdb")});
  REQUIRE_THAT(plan, IsOk());
  CHECK(plan->dev_path == "/dev/sdb");
  CHECK(plan->table.disk() == kNew);
  CHECK(MibOf(plan->table, "ETCD") == 16);
  CHECK(IsBlank(*FindVolume(plan->table, kSystem, "ETCD")));
  CHECK_FALSE(FindVolume(plan->table, kNew, "ETCD").has_value());
}

TEST_CASE("volume table: without a largest size it takes all of a disk of its own") {
  const auto plan = PlanVolume(Volume("ETCD", 4), kSystem, kNew, {Empty("/dev/sdb")});
  REQUIRE_THAT(plan, IsOk());
  CHECK(MibOf(plan->table, "ETCD") == 62);
}

TEST_CASE("volume table: two volumes of the system share a disk") {
  auto first = PlanVolume(Volume("ETCD", 4, 16), kSystem, kNew, {Empty("/dev/sdb")});
  REQUIRE_THAT(first, IsOk());
  const auto second = PlanVolume(Volume("LOG", 4, 8), kSystem, kSystem,
                                 {With("/dev/sdb", std::move(first->table))});
  REQUIRE_THAT(second, IsOk());
  CHECK(second->table.disk() == kNew);
  CHECK(MibOf(second->table, "ETCD") == 16);
  CHECK(MibOf(second->table, "LOG") == 8);
}

TEST_CASE("volume table: a disk that holds anything else is never taken, and the error says why") {
  PartitionTable foreign({.size_bytes = 64 * kMib}, kNew);
  REQUIRE_THAT(foreign.Add("ETCD", LinuxData(), kNew, kMib), IsOk());
  VolumeDisk ext4 = Empty("/dev/sdc");
  ext4.contents = "ext4";
  const PartitionTable ephemeral({.size_bytes = 64 * kMib}, EphemeralDiskOf(kSystem));
  CHECK_THAT(PlanVolume(Volume("ETCD", 4), kSystem, kNew,
                        {With("/dev/sdb", foreign), ext4, With("/dev/sdd", ephemeral),
                         Empty("/dev/sde", 5)})
                 .status(),
             base::StatusIs(absl::StatusCode::kFailedPrecondition,
                            "0 disks can take ETCD, expected one: /dev/sdb holds partitions of "
                            "others (ETCD): wipe it first; /dev/sdc holds ext4: wipe it first; "
                            "/dev/sdd is the disk of EPHEMERAL; /dev/sde has 3 MiB for ETCD, "
                            "expected 4 MiB at least"));
}

TEST_CASE("volume table: of two disks that fit none is taken") {
  CHECK_THAT(
      PlanVolume(Volume("ETCD", 4), kSystem, kNew, {Empty("/dev/sdb"), Empty("/dev/sdc")}).status(),
      base::StatusIs(absl::StatusCode::kFailedPrecondition,
                     "2 disks can take ETCD, expected one: /dev/sdb fits; /dev/sdc fits"));
}

TEST_CASE("volume table: on the system's disk volumes come before EPHEMERAL, which has the rest") {
  const auto table =
      WithSystemPartitions(Image(256), [] { return kSystem; }, {.min_bytes = 20 * kMib},
                           EphemeralPlace::kHere, {Volume("CRI", 8), Volume("LOG", 4, 16)});
  REQUIRE_THAT(table, IsOk());
  CHECK(MibOf(*table, "CRI") == 8);
  CHECK(MibOf(*table, "LOG") == 16);
  const auto ephemeral = table->Find(kEphemeral);
  REQUIRE_THAT(ephemeral, IsOk());
  CHECK(ephemeral->offset_bytes > FindVolume(*table, kSystem, "LOG")->offset_bytes);
  CHECK(table->LargestGap() == 0);
  const auto again =
      WithSystemPartitions(*table, [] { return kNew; }, {.min_bytes = 20 * kMib},
                           EphemeralPlace::kHere, {Volume("CRI", 8), Volume("LOG", 4, 16)});
  REQUIRE_THAT(again, IsOk());
  CHECK(again->entries() == table->entries());
}

TEST_CASE("volume table: what EPHEMERAL and later volumes need at least is left to them") {
  const auto make = [](std::uint64_t ephemeral_mib) {
    return WithSystemPartitions(Image(156), [] { return kSystem; },
                                {.min_bytes = ephemeral_mib * kMib}, EphemeralPlace::kHere,
                                {Volume("CRI", 8, 100), Volume("LOG", 4, 100)});
  };
  const auto table = make(20);
  REQUIRE_THAT(table, IsOk());
  CHECK(MibOf(*table, "LOG") == 4);
  CHECK(table->Find(kEphemeral)->size_bytes == 20 * kMib);
  const auto full = make(100);
  CHECK(absl::IsResourceExhausted(full.status()));
  CHECK_THAT(std::string(full.status().message()), ContainsSubstring("MiB for CRI, expected 8"));
}

TEST_CASE("volume table: a volume grows into the room behind it, as far as it may") {
  const auto plan = PlanVolume(Volume("ETCD", 4, 16), kSystem, kNew, {Empty("/dev/sdb")});
  REQUIRE_THAT(plan, IsOk());
  const std::uint32_t number = FindVolume(plan->table, kSystem, "ETCD")->number;
  CHECK(MibOf(WithGrownVolume(plan->table, number, {.max_bytes = 32 * kMib}), "ETCD") == 32);
  CHECK(MibOf(WithGrownVolume(plan->table, number, {}), "ETCD") == 62);
  CHECK(MibOf(WithGrownVolume(plan->table, number, {.grow = false}), "ETCD") == 16);
}

}  // namespace ichor::disk
