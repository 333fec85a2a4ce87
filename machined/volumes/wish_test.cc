#include "machined/volumes/wish.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr std::uint64_t kGib = std::uint64_t{1} << 30U;

config::Config Volume(const std::string& body) {
  const auto config =
      config::Load("", "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\n" + body + "\n");
  REQUIRE_THAT(config, IsOk());
  return *config;
}

config::Config Etcd(const std::string& body) {
  const auto config =
      config::Load("", "apiVersion: v1alpha1\nkind: VolumeConfig\nname: ETCD\n" + body + "\n");
  REQUIRE_THAT(config, IsOk());
  return *config;
}

All<block::VolumeStatus> TenGib() {
  return AllOf<block::VolumeStatus>({{"EPHEMERAL", Text("size: 10737418240")}});
}

absl::Status Change(const std::string& from, const std::string& to) {
  return CheckVolumeChange(Volume(from), Volume(to), TenGib());
}

}  // namespace

TEST_CASE("volume wishes: without a document EPHEMERAL takes all there is, and grows") {
  const EphemeralWish wish = EphemeralWishOf(Volume(""));
  CHECK(wish.size.min_bytes == 2 * kGib);
  CHECK_FALSE(wish.size.max_bytes.has_value());
  CHECK_FALSE(wish.size.max_percent.has_value());
  CHECK(wish.size.grow);
  CHECK(wish.secure);
  CHECK(wish.access_times);
}

TEST_CASE("volume wishes: sizes are bytes, percents, or what is left free") {
  CHECK(EphemeralWishOf(Volume("provisioning: {minSize: 4GiB}")).size.min_bytes == 4 * kGib);
  CHECK(EphemeralWishOf(Volume("provisioning: {maxSize: 20GiB}")).size.max_bytes == 20 * kGib);
  CHECK(EphemeralWishOf(Volume("provisioning: {maxSize: 40%}")).size.max_percent == 40);
  CHECK(EphemeralWishOf(Volume("provisioning: {maxSize: -3GiB}")).size.left_free_bytes == 3 * kGib);
  CHECK_FALSE(EphemeralWishOf(Volume("provisioning: {grow: false}")).size.grow);
}

TEST_CASE("volume wishes: how it is mounted") {
  const EphemeralWish wish =
      EphemeralWishOf(Volume("mount: {secure: false, disableAccessTime: true}"));
  CHECK_FALSE(wish.secure);
  CHECK_FALSE(wish.access_times);
}

TEST_CASE("volume wishes: a change that would make the volume anew is refused by field") {
  CHECK_THAT(Change("", "provisioning: {minSize: 11GiB}"),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "VolumeConfig EPHEMERAL: provisioning.minSize: EPHEMERAL has 10737418240 "
                      "bytes, and a volume that is there is not made anew: reset EPHEMERAL first"));
  CHECK(absl::IsFailedPrecondition(Change("", "provisioning: {maxSize: 5GiB}")));
  CHECK(absl::IsFailedPrecondition(
      Change("", "provisioning: {diskSelector: {match: disk.transport == 'nvme'}}")));
}

TEST_CASE("volume wishes: what the volume can follow, or was so before, is taken") {
  CHECK_THAT(Change("", "provisioning: {maxSize: 50GiB, grow: true}"), IsOk());
  CHECK_THAT(Change("provisioning: {maxSize: 5GiB}", "provisioning: {maxSize: 5GiB, grow: false}"),
             IsOk());
  CHECK_THAT(CheckVolumeChange(Volume(""), Volume("provisioning: {minSize: 11GiB}"),
                               AllOf<block::VolumeStatus>({})),
             IsOk());
}

TEST_CASE("volume wishes: one with provisioning has a partition, and stays as large as it is") {
  const std::vector<VolumeWish> wishes =
      VolumeWishesOf(Etcd("provisioning: {maxSize: 4GiB, diskSelector: {match: '!system_disk'}}"));
  REQUIRE(wishes.size() == 1);
  CHECK(wishes[0].label() == "ETCD");
  CHECK(wishes[0].size.min_bytes == 2 * kGib);
  CHECK(wishes[0].size.max_bytes == 4 * kGib);
  CHECK_FALSE(wishes[0].size.grow);
  CHECK(wishes[0].disk_expression == "!system_disk");
  CHECK(VolumeWishesOf(Etcd("")).empty());
  CHECK(VolumeWishesOf(Volume("provisioning: {maxSize: 4GiB}")).empty());
  CHECK(NewVolumesOf(Etcd("provisioning: {grow: true}"), {"ETCD"}).at(0).size.grow);
  CHECK(NewVolumesOf(Etcd("provisioning: {grow: true}"), {"CRI"}).empty());
}

TEST_CASE("volume wishes: a directory stays one, and so does a partition") {
  const std::string provisioning = "provisioning: {maxSize: 4GiB}";
  const auto directory =
      AllOf<block::VolumeStatus>({{"ETCD", Text("phase: VOLUME_PHASE_READY "
                                                "type: VOLUME_TYPE_DIRECTORY")}});
  const auto partition = AllOf<block::VolumeStatus>(
      {{"ETCD", Text("phase: VOLUME_PHASE_READY type: VOLUME_TYPE_PARTITION size: 4294967296")}});
  CHECK_THAT(CheckVolumeChange(Volume(""), Etcd(provisioning), directory),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "VolumeConfig ETCD: provisioning: the volume is a directory of EPHEMERAL, "
                      "and stays one while the node has it"));
  CHECK(absl::IsFailedPrecondition(CheckVolumeChange(Etcd(provisioning), Volume(""), partition)));
  CHECK(absl::IsFailedPrecondition(CheckVolumeChange(Etcd(provisioning), Etcd(""), partition)));
  CHECK(absl::IsFailedPrecondition(
      CheckVolumeChange(Etcd(provisioning), Etcd("provisioning: {minSize: 5GiB}"), partition)));
  CHECK_THAT(CheckVolumeChange(Etcd(provisioning), Etcd(provisioning), partition), IsOk());
  CHECK_THAT(CheckVolumeChange(Etcd(provisioning), Volume(""), AllOf<block::VolumeStatus>({})),
             IsOk());
}

TEST_CASE("volume wishes: the rows say what is a partition and what a directory") {
  const auto with = StateVolumes(AllOf<config::MachineConfig>(
      {{"v1alpha1", Text("yaml_marshalled: 'apiVersion: v1alpha1\\nkind: VolumeConfig\\nname: "
                         "ETCD\\nprovisioning: {maxSize: 4GiB}\\n'")}}));
  REQUIRE_THAT(with, IsOk());
  const auto rows = Stated(*with);
  CHECK(rows.find("ETCD")->spec().provisioning().partition_spec().max_size() == 4 * kGib);
  CHECK(rows.find("ETCD")->spec().mount().target_path() == "/var/lib/etcd");
  CHECK(rows.find("ETCD")->spec().mount().no_exec());
  CHECK_FALSE(rows.find("LOG")->spec().has_provisioning());
  CHECK(rows.find("LOG")->spec().mount().target_path() == "/var/log");
}

TEST_CASE("volume wishes: the rows say what the volumes are to be") {
  const auto without = StateVolumes(AllOf<config::MachineConfig>({}));
  REQUIRE_THAT(without, IsOk());
  CHECK(Ids(Stated(*without)) == "CRI EPHEMERAL ETCD KUBELET LOG META STATE");
  const auto with = StateVolumes(AllOf<config::MachineConfig>(
      {{"v1alpha1", Text("yaml_marshalled: 'apiVersion: v1alpha1\\nkind: VolumeConfig\\nname: "
                         "EPHEMERAL\\nprovisioning: {maxSize: -1GiB}\\n'")}}));
  REQUIRE_THAT(with, IsOk());
  const auto rows = Stated(*with);
  const auto& partition = rows.find("EPHEMERAL")->spec().provisioning().partition_spec();
  CHECK(partition.grow());
  CHECK(partition.negative_max_size());
  CHECK(partition.max_size() == kGib);
  CHECK(rows.find("STATE")->spec().provisioning().partition_spec().max_size() == 100 << 20);
}

}  // namespace ichor
