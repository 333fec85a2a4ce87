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

TEST_CASE("volume wishes: the rows say what the volumes are to be") {
  const auto without = StateVolumes(AllOf<config::MachineConfig>({}));
  REQUIRE_THAT(without, IsOk());
  CHECK(Ids(Stated(*without)) == "EPHEMERAL META STATE");
  const auto with = StateVolumes(AllOf<config::MachineConfig>(
      {{"v1alpha1", Text("yaml_marshalled: 'apiVersion: v1alpha1\\nkind: VolumeConfig\\nname: "
                         "EPHEMERAL\\nprovisioning: {maxSize: -1GiB}\\n'")}}));
  REQUIRE_THAT(with, IsOk());
  const auto rows = Stated(*with);
  const auto& partition = rows.front().spec().provisioning().partition_spec();
  CHECK(partition.grow());
  CHECK(partition.negative_max_size());
  CHECK(partition.max_size() == kGib);
  CHECK(rows.find("STATE")->spec().provisioning().partition_spec().max_size() == 100 << 20);
}

}  // namespace ichor
