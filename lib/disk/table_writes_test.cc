#include "lib/disk/table_writes.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>

#include "lib/base/status_matchers.h"
#include "lib/disk/little_endian.h"
#include "lib/early/bytes.h"

namespace ichor::disk {
namespace {

using base::IsOk;

constexpr std::uint64_t kMib = 1U << 20U;
const Guid kLinux = KnownGuid("0fc63daf-8483-4772-8e79-3d69d8477de4");
const Guid kOld = KnownGuid("00000000-0000-4000-8000-0000000000d0");
const Guid kNew = KnownGuid("00000000-0000-4000-8000-0000000000d1");

// A disk, and power that fails.
class TestDisk {
 public:
  explicit TestDisk(Geometry geometry) : geometry_(geometry), bytes_(geometry.size_bytes, '\0') {}

  PartitionTable::ReadBytes reader() const {
    return [this](std::uint64_t offset, std::size_t size) -> absl::StatusOr<std::string> {
      if (offset + size > bytes_.size()) {
        return absl::OutOfRangeError("beyond the end");
      }
      return bytes_.substr(offset, size);
    };
  }
  absl::StatusOr<PartitionTable> Read() const { return PartitionTable::Read(geometry_, reader()); }
  std::string BootRecord() const { return bytes_.substr(0, geometry_.sector_bytes); }

  void Write(const TableWrite& write) {
    bytes_.replace(write.offset_bytes, write.bytes.size(), write.bytes);
  }
  void WriteAll(const std::vector<TableWrite>& writes) {
    for (const TableWrite& write : writes) {
      Write(write);
    }
  }
  // Some of its sectors, any of them.
  void Tear(const TableWrite& write, std::mt19937& random) {
    for (std::size_t at = 0; at < write.bytes.size(); at += geometry_.sector_bytes) {
      if (random() % 2 == 0) {
        bytes_.replace(write.offset_bytes + at, geometry_.sector_bytes,
                       write.bytes.substr(at, geometry_.sector_bytes));
      }
    }
  }
  void Damage(std::uint64_t lba) { bytes_[lba * geometry_.sector_bytes + 20] ^= 1; }

 private:
  Geometry geometry_;
  std::string bytes_;
};

TestDisk DiskWithTable(const Geometry& geometry) {
  TestDisk disk(geometry);
  PartitionTable table(geometry, kOld);
  REQUIRE_THAT(table.Add("EFI", kLinux, RandomGuid(), kMib), IsOk());
  REQUIRE_THAT(table.Add("META", kLinux, RandomGuid(), kMib), IsOk());
  disk.WriteAll(WritesFor(table, disk.BootRecord()));
  return disk;
}

PartitionTable Changed(const TestDisk& disk) {
  auto table = disk.Read();
  REQUIRE_THAT(table, IsOk());
  table->set_disk(kNew);
  for (const Partition& partition : table->partitions()) {
    table->SetId(partition.number, RandomGuid());
  }
  REQUIRE_THAT(table->Add("STATE", kLinux, RandomGuid(), 2 * kMib), IsOk());
  return *std::move(table);
}

TEST_CASE("what was written is read again, from either table") {
  const std::uint32_t sector = GENERATE(512U, 4096U);
  const Geometry geometry{.size_bytes = 16 * kMib, .sector_bytes = sector};
  TestDisk disk = DiskWithTable(geometry);
  const PartitionTable wanted = Changed(disk);
  disk.WriteAll(WritesFor(wanted, disk.BootRecord()));
  auto read = disk.Read();
  REQUIRE_THAT(read, IsOk());
  CHECK(read->first_is_whole());
  CHECK(read->disk() == kNew);
  CHECK(read->entries() == wanted.entries());
  disk.Damage(1);
  read = disk.Read();
  REQUIRE_THAT(read, IsOk());
  CHECK_FALSE(read->first_is_whole());
  CHECK(read->entries() == wanted.entries());
}

TEST_CASE("a power cut in any write leaves the first table whole: the old one or the new one") {
  const std::uint32_t sector = GENERATE(512U, 4096U);
  TestDisk before = DiskWithTable({.size_bytes = 16 * kMib, .sector_bytes = sector});
  if (GENERATE(false, true)) {  // entries in the second place
    before.WriteAll(WritesFor(*before.Read(), before.BootRecord()));
  }
  const std::string old_entries = before.Read()->entries();
  const PartitionTable wanted = Changed(before);
  const std::vector<TableWrite> writes = WritesFor(wanted, before.BootRecord());
  REQUIRE(writes.size() == 4);
  std::mt19937 random(1);
  for (std::size_t cut = 0; cut < writes.size(); ++cut) {
    for (int i = 0; i < 20; ++i) {
      TestDisk disk = before;
      disk.WriteAll({writes.begin(), writes.begin() + static_cast<std::ptrdiff_t>(cut)});
      disk.Tear(writes[cut], random);
      const auto left = disk.Read();
      REQUIRE_THAT(left, IsOk());
      CHECK(left->first_is_whole());
      const bool is_old = left->disk() == kOld && left->entries() == old_entries;
      const bool is_new = left->disk() == kNew && left->entries() == wanted.entries();
      CHECK((is_old || is_new));
    }
  }
}

TEST_CASE("a disk that is larger than its image gets its backup at the true end") {
  const TestDisk image = DiskWithTable({.size_bytes = 16 * kMib});
  TestDisk disk({.size_bytes = 64 * kMib});
  disk.Write({.offset_bytes = 0, .bytes = *image.reader()(0, 16 * kMib)});
  const PartitionTable wanted = Changed(disk);
  disk.WriteAll(WritesFor(wanted, disk.BootRecord()));
  disk.Damage(1);
  const auto backup = disk.Read();
  REQUIRE_THAT(backup, IsOk());
  CHECK_FALSE(backup->first_is_whole());
  CHECK(backup->entries() == wanted.entries());
}

TEST_CASE("a damaged first table is made from the backup before that is touched") {
  TestDisk disk = DiskWithTable({.size_bytes = 16 * kMib});
  disk.Damage(1);
  const PartitionTable wanted = Changed(disk);
  const std::vector<TableWrite> writes = WritesFor(wanted, disk.BootRecord());
  std::mt19937 random(1);
  for (std::size_t cut = 0; cut < writes.size(); ++cut) {
    TestDisk torn = disk;
    torn.WriteAll({writes.begin(), writes.begin() + static_cast<std::ptrdiff_t>(cut)});
    torn.Tear(writes[cut], random);
    CHECK_THAT(torn.Read(), IsOk());
  }
}

TEST_CASE("partitions of others that begin early keep their bytes") {
  constexpr std::uint64_t kEarly = 34;  // as old tools place it
  TestDisk disk = DiskWithTable({.size_bytes = 16 * kMib});
  auto table = disk.Read();
  REQUIRE_THAT(table, IsOk());
  std::string entries = table->entries();
  PutLittle(kEarly, 32, 8, entries);
  PutLittle(kEarly + 9, 40, 8, entries);
  // A table of that, by hand: what WritesFor makes of the old one, with other entries.
  std::vector<TableWrite> writes = WritesFor(PartitionTable({.size_bytes = 16 * kMib}, kOld), "");
  std::string header = writes[2].bytes;
  const auto crc = [](std::string_view bytes) {
    return early::Crc32(std::as_bytes(std::span(bytes)));
  };
  PutLittle(crc(entries), 88, 4, header);
  PutLittle(0, 16, 4, header);
  PutLittle(crc(std::string_view(header).substr(0, 92)), 16, 4, header);
  disk.Write({.offset_bytes = 1024, .bytes = entries});
  disk.Write({.offset_bytes = 512, .bytes = header});
  table = disk.Read();
  REQUIRE_THAT(table, IsOk());
  REQUIRE(table->first_is_whole());
  REQUIRE(table->partitions().front().offset_bytes == kEarly * 512);
  for (const TableWrite& write : WritesFor(*table, disk.BootRecord())) {
    const bool before = write.offset_bytes + write.bytes.size() <= kEarly * 512;
    CHECK((before || write.offset_bytes >= (kEarly + 10) * 512));
  }
}

TEST_CASE("an empty disk gets a record that protects it, and keeps a loader's code") {
  TestDisk disk({.size_bytes = 16 * kMib});
  std::string code(512, 'c');
  PartitionTable table({.size_bytes = 16 * kMib}, kNew);
  const auto writes = WritesFor(table, code);
  CHECK(writes.front().offset_bytes == 0);
  CHECK(writes.front().bytes.substr(0, 446) == code.substr(0, 446));
  CHECK(early::LittleEndian<std::uint8_t>(std::as_bytes(std::span(writes.front().bytes)), 450) ==
        0xee);
  CHECK(early::LittleEndian<std::uint32_t>(std::as_bytes(std::span(writes.front().bytes)), 458) ==
        16 * kMib / 512 - 1);
  CHECK(early::LittleEndian<std::uint16_t>(std::as_bytes(std::span(writes.front().bytes)), 510) ==
        0xaa55);
  disk.WriteAll(writes);
  CHECK_THAT(disk.Read(), IsOk());
}

}  // namespace
}  // namespace ichor::disk
