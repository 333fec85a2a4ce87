#include "lib/disk/system_table.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>

#include "lib/base/status_matchers.h"

namespace ichor::disk {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;

constexpr std::uint64_t kMib = 1U << 20U;
constexpr std::uint64_t kGib = 1U << 30U;
const Guid kType = KnownGuid("0fc63daf-8483-4772-8e79-3d69d8477de4");

// As an image comes: everybody's GUIDs are the same.
PartitionTable Image(std::uint64_t disk_bytes) {
  PartitionTable table({.size_bytes = disk_bytes}, kType);
  for (const auto& [label, bytes] :
       {std::pair{kEfi, kGib}, {kBios, kMib}, {kRootA, kGib}, {kMeta, kMib}}) {
    REQUIRE_THAT(table.Add(std::string(label), kType, kType, bytes), IsOk());
  }
  return table;
}

std::set<Guid> Ids(const PartitionTable& table) {
  std::set<Guid> ids = {table.disk()};
  for (const Partition& partition : table.partitions()) {
    ids.insert(partition.id);
  }
  return ids;
}

TEST_CASE("acceptance adds the other root, STATE and EPHEMERAL, and GUIDs of the disk's own") {
  const PartitionTable image = Image(20 * kGib);
  const auto table = WithSystemPartitions(image, RandomGuid);
  REQUIRE_THAT(table, IsOk());
  CHECK(table->Find(kRootB)->size_bytes == kGib);
  CHECK(table->Find(kState)->size_bytes == 100 * kMib);
  CHECK(table->Find(kEphemeral)->end_bytes() == 20 * kGib - kMib);
  CHECK(Ids(*table).size() == 8);
  CHECK_FALSE(Ids(*table).contains(kType));
  for (const Partition& before : image.partitions()) {
    const auto after = table->Find(before.label);
    REQUIRE_THAT(after, IsOk());
    CHECK(after->number == before.number);
    CHECK(after->offset_bytes == before.offset_bytes);
    CHECK(after->size_bytes == before.size_bytes);
  }
}

TEST_CASE("to accept again changes nothing") {
  const auto once = WithSystemPartitions(Image(20 * kGib), RandomGuid);
  REQUIRE_THAT(once, IsOk());
  const auto twice = WithSystemPartitions(*once, RandomGuid);
  REQUIRE_THAT(twice, IsOk());
  CHECK(twice->entries() == once->entries());
  CHECK(twice->disk() == once->disk());
}

TEST_CASE("a disk that is too small is refused with what it would need") {
  CHECK_THAT(WithSystemPartitions(Image(6 * kGib), RandomGuid), IsOk());
  const auto refused = WithSystemPartitions(Image(5 * kGib), RandomGuid);
  CHECK(refused.status().code() == absl::StatusCode::kResourceExhausted);
  CHECK_THAT(std::string(refused.status().message()),
             ContainsSubstring("the disk has 5120 MiB, expected 5224 MiB at least"));
}

TEST_CASE("a disk without our image is refused") {
  const auto refused =
      WithSystemPartitions(PartitionTable({.size_bytes = kGib}, kType), RandomGuid);
  CHECK_THAT(std::string(refused.status().message()),
             ContainsSubstring("does not hold the image: no partition \"EFI\""));
}

TEST_CASE("the mark of acceptance is in the table, and keeps STATE's other attributes") {
  auto table = WithSystemPartitions(Image(20 * kGib), RandomGuid);
  REQUIRE_THAT(table, IsOk());
  CHECK_FALSE(IsAccepted(*table));
  const std::uint32_t state = table->Find(kState)->number;
  table->SetAttributes(state, 1);
  REQUIRE_THAT(MarkAccepted(*table), IsOk());
  CHECK(IsAccepted(*table));
  CHECK((table->Find(kState)->attributes & 1U) == 1);
  PartitionTable image = Image(20 * kGib);
  CHECK_FALSE(IsAccepted(image));
  CHECK_FALSE(MarkAccepted(image).ok());
}

TEST_CASE("EPHEMERAL is as large as the wish says, within the room there is") {
  const auto size_with = [](const VolumeSize& size) {
    const auto table = WithSystemPartitions(Image(20 * kGib), RandomGuid, size);
    REQUIRE_THAT(table, IsOk());
    return table->Find(kEphemeral)->size_bytes;
  };
  const std::uint64_t room = size_with({});
  CHECK(size_with({.max_bytes = 5 * kGib}) == 5 * kGib);
  CHECK(size_with({.max_bytes = 50 * kGib}) == room);
  CHECK(size_with({.max_percent = 25}) == 5 * kGib);
  CHECK(size_with({.left_free_bytes = kGib}) == room - kGib);
  const auto refused = WithSystemPartitions(Image(20 * kGib), RandomGuid, {.min_bytes = 18 * kGib});
  CHECK_THAT(std::string(refused.status().message()),
             ContainsSubstring("of them EPHEMERAL takes 18432"));
}

TEST_CASE("EPHEMERAL grows with the disk, up to its limit, and not if it shall not") {
  const auto made = WithSystemPartitions(Image(20 * kGib), RandomGuid);
  REQUIRE_THAT(made, IsOk());
  const Partition before = *made->Find(kEphemeral);
  CHECK(WithGrownEphemeral(*made, {}).entries() == made->entries());
  const auto larger = made->MovedTo({.size_bytes = 40 * kGib});
  REQUIRE_THAT(larger, IsOk());
  const Partition all = *WithGrownEphemeral(*larger, {}).Find(kEphemeral);
  CHECK(all.offset_bytes == before.offset_bytes);
  CHECK(all.id == before.id);
  CHECK(all.end_bytes() == 40 * kGib - kMib);
  CHECK(WithGrownEphemeral(*larger, {.max_bytes = 25 * kGib}).Find(kEphemeral)->size_bytes ==
        25 * kGib);
  CHECK(WithGrownEphemeral(*larger, {.max_bytes = kGib}).entries() == made->entries());
  CHECK(WithGrownEphemeral(*larger, {.grow = false}).entries() == made->entries());
}

TEST_CASE("EPHEMERAL does not grow over a partition behind it") {
  auto table = WithSystemPartitions(Image(20 * kGib), RandomGuid, {.max_bytes = 5 * kGib});
  REQUIRE_THAT(table, IsOk());
  const auto other = table->Add("other", kType, RandomGuid(), kGib);
  REQUIRE_THAT(other, IsOk());
  CHECK(WithGrownEphemeral(*table, {}).entries() == table->entries());
  table->Remove(other->number);
  CHECK(WithGrownEphemeral(*table, {}).Find(kEphemeral)->end_bytes() == 20 * kGib - kMib);
}

TEST_CASE("a blank partition is one by its own mark, beside the one of acceptance") {
  auto table = WithSystemPartitions(Image(20 * kGib), RandomGuid);
  REQUIRE_THAT(table, IsOk());
  REQUIRE_THAT(MarkAccepted(*table), IsOk());
  SetBlank(kEphemeral, true, *table);
  CHECK(IsBlank(*table, kEphemeral));
  CHECK_FALSE(IsBlank(*table, kState));
  CHECK(IsAccepted(*table));
  SetBlank(kEphemeral, false, *table);
  CHECK_FALSE(IsBlank(*table, kEphemeral));
  CHECK_FALSE(IsBlank(Image(20 * kGib), kState));
}

}  // namespace
}  // namespace ichor::disk
