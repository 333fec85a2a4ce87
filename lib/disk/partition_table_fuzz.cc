// Any bytes as the entries of a partition table: what is read of them can be changed, and what is
// written stays on the disk and is read again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/log/check.h"
#include "lib/disk/little_endian.h"
#include "lib/disk/partition_table.h"
#include "lib/disk/table_writes.h"

namespace {

using ichor::disk::PutLittle;

constexpr std::size_t kSector = 512;
constexpr std::size_t kDiskBytes = std::size_t{2} << 20U;

std::uint32_t Crc(std::string_view bytes) {
  return ichor::early::Crc32(std::as_bytes(std::span(bytes)));
}

// A disk with a table whose header is right, since nobody finds a checksum by chance. The first
// bytes say where the entries lie, how many they are and how large; the others are the entries.
std::string DiskOf(std::string_view bytes) {
  std::string disk(kDiskBytes, '\0');
  std::string start(bytes.substr(0, 3));
  start.resize(3);
  const auto byte = [&](std::size_t i) -> std::uint64_t {
    return static_cast<unsigned char>(start[i]);
  };
  const std::uint64_t place = 2 + byte(0);
  const std::uint64_t count = byte(1);
  const std::uint64_t entry_bytes = 128 * (1 + byte(2) % 4);
  const std::string_view entries = bytes.substr(std::min(start.size(), bytes.size()));
  disk.replace(place * kSector, std::min(entries.size(), count * entry_bytes),
               entries.substr(0, count * entry_bytes));
  std::string header(kSector, '\0');
  header.replace(0, 8, "EFI PART");
  PutLittle(92, 12, 4, header);
  PutLittle(1, 24, 8, header);
  PutLittle(place, 72, 8, header);
  PutLittle(count, 80, 4, header);
  PutLittle(entry_bytes, 84, 4, header);
  PutLittle(Crc(std::string_view(disk).substr(place * kSector, count * entry_bytes)), 88, 4,
            header);
  PutLittle(Crc(std::string_view(header).substr(0, 92)), 16, 4, header);
  disk.replace(kSector, kSector, header);
  return disk;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string disk = DiskOf({reinterpret_cast<const char*>(data), size});
  const ichor::disk::Geometry geometry{.size_bytes = disk.size()};
  const auto read = [&](std::uint64_t offset, std::size_t bytes) -> absl::StatusOr<std::string> {
    if (offset > disk.size() || disk.size() - offset < bytes) {
      return absl::OutOfRangeError("beyond the end");
    }
    return disk.substr(offset, bytes);
  };
  auto table = ichor::disk::PartitionTable::Read(geometry, read);
  if (!table.ok()) {
    return 0;
  }
  for (const auto& partition : table->partitions()) {
    table->SetId(partition.number, ichor::disk::Guid{std::byte{1}});
  }
  (void)table->Add("STATE", ichor::disk::Guid{std::byte{2}}, ichor::disk::Guid{std::byte{3}}, 0);
  for (const auto& write : WritesFor(*table, disk.substr(0, kSector))) {
    CHECK_LE(write.offset_bytes, disk.size());
    CHECK_LE(write.bytes.size(), disk.size() - write.offset_bytes);
    disk.replace(write.offset_bytes, write.bytes.size(), write.bytes);
  }
  const auto again = ichor::disk::PartitionTable::Read(geometry, read);
  CHECK_OK(again.status());
  CHECK(again->entries() == table->entries());
  return 0;
}
