#include "lib/disk/table_writes.h"

#include <algorithm>
#include <span>

#include "lib/disk/little_endian.h"

namespace ichor::disk {
namespace {

constexpr std::size_t kHeaderBytes = 92;
constexpr std::uint64_t kFirstPlace = 2;  // the sector behind the header
constexpr std::uint64_t kPlaces = 3;

std::uint32_t Crc(std::string_view bytes) {
  return early::Crc32(std::as_bytes(std::span(bytes)));
}

std::string Padded(std::string bytes, std::uint32_t sector) {
  bytes.resize((bytes.size() + sector - 1) / sector * sector);
  return bytes;
}

// The header that lies at sector `own`, table 5-5.
std::string Header(const PartitionTable& table, std::uint64_t own, std::uint64_t other,
                   std::uint64_t entries_lba) {
  const Geometry& disk = table.geometry();
  std::string header(disk.sector_bytes, '\0');
  header.replace(0, 8, "EFI PART");
  PutLittle(0x10000, 8, 4, header);  // the revision
  PutLittle(kHeaderBytes, 12, 4, header);
  PutLittle(own, 24, 8, header);
  PutLittle(other, 32, 8, header);
  PutLittle(kFirstPlace + EntrySectors(table), 40, 8, header);         // first usable sector
  PutLittle(disk.sectors() - 2 - EntrySectors(table), 48, 8, header);  // the last one
  std::ranges::transform(table.disk(), header.begin() + 56,
                         [](std::byte byte) { return static_cast<char>(byte); });
  PutLittle(entries_lba, 72, 8, header);
  PutLittle(table.entries().size() / table.entry_bytes(), 80, 4, header);
  PutLittle(table.entry_bytes(), 84, 4, header);
  PutLittle(Crc(table.entries()), 88, 4, header);
  PutLittle(Crc(std::string_view(header).substr(0, kHeaderBytes)), 16, 4, header);
  return header;
}

// One partition over the whole disk, for who knows no GUID partition tables; chapter 5.2.3. Code of
// a loader stays, and with it the partition is active: some BIOSes boot nothing else.
std::string ProtectiveRecord(const PartitionTable& table, std::string_view boot_record) {
  constexpr std::size_t kRows = 446;
  constexpr std::size_t kSignature = 510;
  constexpr std::uint64_t kMostSectors = 0xffffffff;
  std::string record(boot_record.substr(0, kRows));
  record.resize(table.geometry().sector_bytes);
  const bool code = record.find_first_not_of('\0') < kRows;
  PutLittle(code ? 0x00020080 : 0x00020000, kRows, 4, record);  // cylinder 0, head 0, sector 2
  PutLittle(0xffffffee, kRows + 4, 4, record);
  PutLittle(1, kRows + 8, 4, record);
  PutLittle(std::min(table.geometry().sectors() - 1, kMostSectors), kRows + 12, 4, record);
  PutLittle(0xaa55, kSignature, 2, record);
  return record;
}

// The sector for the entries of the new first table: the first of three places that neither the
// old one's entries nor a partition have a part of. Where a partition leaves no such place, that of
// the old ones, and the backup stands for them while they are written.
std::uint64_t PlaceForEntries(const PartitionTable& table) {
  if (!table.first_is_whole()) {
    return kFirstPlace;
  }
  const std::uint64_t sectors = EntrySectors(table);
  std::uint64_t end = table.geometry().sectors();
  for (const Partition& partition : table.partitions()) {
    end = std::min(end, partition.offset_bytes / table.geometry().sector_bytes);
  }
  for (std::uint64_t i = 0; i < kPlaces; ++i) {
    const std::uint64_t place = kFirstPlace + i * sectors;
    const bool apart =
        place + sectors <= table.entries_lba() || table.entries_lba() + sectors <= place;
    if (apart && place + sectors <= end) {
      return place;
    }
  }
  return table.entries_lba();
}

}  // namespace

std::vector<TableWrite> WritesFor(const PartitionTable& table, std::string_view boot_record) {
  const std::uint32_t sector = table.geometry().sector_bytes;
  const std::uint64_t last = table.geometry().sectors() - 1;
  const std::uint64_t place = PlaceForEntries(table);
  const std::uint64_t backup_place = last - EntrySectors(table);
  const std::string entries = Padded(table.entries(), sector);
  const std::vector<TableWrite> backup = {
      {.offset_bytes = backup_place * sector, .bytes = entries},
      {.offset_bytes = last * sector, .bytes = Header(table, last, 1, backup_place)}};
  std::vector<TableWrite> writes;
  if (table.first_is_whole()) {
    writes = backup;
  } else {
    writes.push_back({.offset_bytes = 0, .bytes = ProtectiveRecord(table, boot_record)});
  }
  writes.push_back({.offset_bytes = place * sector, .bytes = entries});
  writes.push_back({.offset_bytes = sector, .bytes = Header(table, 1, last, place)});
  if (!table.first_is_whole()) {
    writes.insert(writes.end(), backup.begin(), backup.end());
  }
  return writes;
}

}  // namespace ichor::disk
