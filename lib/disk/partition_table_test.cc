#include "lib/disk/partition_table.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "lib/base/status_matchers.h"

namespace ichor::disk {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;

constexpr std::uint64_t kMib = 1U << 20U;
const Guid kLinux = KnownGuid("0fc63daf-8483-4772-8e79-3d69d8477de4");
const Guid kDisk = KnownGuid("00000000-0000-4000-8000-0000000000d0");

Guid Id(int number) {
  Guid id{};
  id[15] = static_cast<std::byte>(number);
  return id;
}

TEST_CASE("partitions go into the first gap that is large enough, on whole MiB") {
  PartitionTable table({.size_bytes = 64 * kMib}, kDisk);
  const auto a = table.Add("A", kLinux, Id(1), 10 * kMib);
  const auto b = table.Add("B", kLinux, Id(2), kMib / 2);
  const auto c = table.Add("C", kLinux, Id(3), 20 * kMib);
  REQUIRE_THAT(a, IsOk());
  REQUIRE_THAT(b, IsOk());
  REQUIRE_THAT(c, IsOk());
  CHECK(a->offset_bytes == kMib);
  CHECK(b->offset_bytes == 11 * kMib);
  CHECK(b->size_bytes == kMib);
  CHECK(c->offset_bytes == 12 * kMib);
  table.Remove(a->number);
  const auto d = table.Add("D", kLinux, Id(4), 10 * kMib);
  REQUIRE_THAT(d, IsOk());
  CHECK(d->number == 1);
  CHECK(d->offset_bytes == kMib);
  CHECK(d->id == Id(4));
  CHECK(table.partitions().size() == 3);
}

TEST_CASE("a size of 0 takes the largest gap, up to the backup") {
  for (const std::uint32_t sector : {512U, 4096U}) {
    PartitionTable table({.size_bytes = 64 * kMib + 4096, .sector_bytes = sector}, kDisk);
    REQUIRE_THAT(table.Add("A", kLinux, Id(1), 4 * kMib), IsOk());
    const auto rest = table.Add("REST", kLinux, Id(2), 0);
    REQUIRE_THAT(rest, IsOk());
    CHECK(rest->end_bytes() == 63 * kMib);
    CHECK_FALSE(table.Add("MORE", kLinux, Id(3), 0).ok());
  }
}

TEST_CASE("a partition that has no room is refused, and nothing changes") {
  PartitionTable table({.size_bytes = 16 * kMib}, kDisk);
  REQUIRE_THAT(table.Add("A", kLinux, Id(1), 8 * kMib), IsOk());
  const std::string before = table.entries();
  const auto refused = table.Add("BIG", kLinux, Id(2), 8 * kMib);
  CHECK(refused.status().code() == absl::StatusCode::kResourceExhausted);
  CHECK_THAT(std::string(refused.status().message()),
             ContainsSubstring("no room for partition \"BIG\" of 8 MiB on a disk of 16 MiB"));
  CHECK(table.entries() == before);
}

TEST_CASE("a table has room for 128 partitions") {
  PartitionTable table({.size_bytes = 200 * kMib}, kDisk);
  for (int i = 1; i <= 128; ++i) {
    REQUIRE_THAT(table.Add("P", kLinux, Id(i), kMib), IsOk());
  }
  CHECK_THAT(std::string(table.Add("P", kLinux, Id(129), kMib).status().message()),
             ContainsSubstring("the table has 128 already"));
}

TEST_CASE("what has no label says which there are") {
  PartitionTable table({.size_bytes = 16 * kMib}, kDisk);
  CHECK_THAT(std::string(table.Find("META").status().message()), ContainsSubstring("none at all"));
  REQUIRE_THAT(table.Add("EFI", kLinux, Id(1), kMib), IsOk());
  REQUIRE_THAT(table.Add("ROOT-A", kLinux, Id(2), kMib), IsOk());
  CHECK_THAT(std::string(table.Find("META").status().message()),
             ContainsSubstring("no partition \"META\": there is \"EFI\", \"ROOT-A\""));
}

}  // namespace
}  // namespace ichor::disk
