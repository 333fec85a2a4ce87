// A GUID partition table (UEFI specification 2.10, chapter 5) in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/disk/guid.h"

namespace ichor::disk {

struct Geometry {
  std::uint64_t size_bytes = 0;
  std::uint32_t sector_bytes = 512;  // 512 or 4096

  std::uint64_t sectors() const { return size_bytes / sector_bytes; }
};

struct Partition {
  std::uint32_t number = 0;  // from 1, as in the device's name
  Guid type{};
  Guid id{};
  std::string label;  // ASCII, at most 36 characters
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t attributes = 0;  // bits, table 5-7; from 48 on they belong to the type

  std::uint64_t end_bytes() const { return offset_bytes + size_bytes; }
};

// Partitions start at, and take, whole pieces of this size, so that sectors of either size and the
// erase blocks of flash memory fit.
inline constexpr std::uint64_t kAlignment = std::uint64_t{1} << 20U;

class PartitionTable {
 public:
  // `bytes` of the disk from an offset, exactly so many.
  using ReadBytes =
      std::function<absl::StatusOr<std::string>(std::uint64_t offset, std::size_t bytes)>;

  // A table without partitions.
  PartitionTable(Geometry geometry, const Guid& disk);

  // The table of a disk: the first one, or the backup if that is damaged. NotFound if neither is
  // whole; errors of `read` as they are. A damaged sector fails nothing that can be read elsewhere.
  static absl::StatusOr<PartitionTable> Read(const Geometry& geometry, const ReadBytes& read);

  const Geometry& geometry() const { return geometry_; }
  // The same partitions on another disk, with sectors of the same size, that has no table yet.
  // ResourceExhausted if they do not fit there.
  absl::StatusOr<PartitionTable> MovedTo(const Geometry& geometry) const;

  const Guid& disk() const { return disk_; }
  void set_disk(const Guid& disk) { disk_ = disk; }

  // By number.
  std::vector<Partition> partitions() const;
  // The first of this label; NotFound names those that are there.
  absl::StatusOr<Partition> Find(std::string_view label) const;

  // Adds a partition in the first gap that is large enough, with the lowest free number; with a
  // size of 0, all of the largest gap. What is returned has its number and place. ResourceExhausted
  // if there is no such gap, or no number.
  absl::StatusOr<Partition> Add(std::string label, const Guid& type, const Guid& id,
                                std::uint64_t size_bytes);
  // How large a partition can be: in the largest gap, and where partition `number`, which must be
  // there, is. Whole pieces.
  std::uint64_t LargestGap() const;
  std::uint64_t RoomOf(std::uint32_t number) const;
  // Gives partition `number`, which must be there, another size, which must fit.
  void SetSize(std::uint32_t number, std::uint64_t size_bytes);
  // Gives partition `number`, which must be there, another identity.
  void SetId(std::uint32_t number, const Guid& id);
  // The same with its attributes.
  void SetAttributes(std::uint32_t number, std::uint64_t attributes);
  // Does nothing if there is no such partition.
  void Remove(std::uint32_t number);

  // The entries as on the disk. What is not understood of them (labels that are not ASCII) stays as
  // it was read.
  const std::string& entries() const { return entries_; }
  std::uint32_t entry_bytes() const { return entry_bytes_; }
  // Which sector the entries were read from, and whether that table was the first one; 0 and false
  // if none was read.
  std::uint64_t entries_lba() const { return entries_lba_; }
  bool first_is_whole() const { return first_is_whole_; }

 private:
  struct Gap {
    std::uint64_t offset_bytes = 0;
    std::uint64_t size_bytes = 0;
  };
  std::vector<Gap> Gaps() const;
  std::uint64_t UsableEnd() const;
  std::size_t PlaceOf(std::uint32_t number) const;
  bool IsUsed(std::uint32_t number) const;
  std::optional<std::uint32_t> FreeNumber() const;

  Geometry geometry_;
  Guid disk_;
  std::string entries_;
  static constexpr std::uint32_t kEntryBytes = 128;  // as everybody has them
  std::uint32_t entry_bytes_ = kEntryBytes;
  std::uint64_t entries_lba_ = 0;
  bool first_is_whole_ = false;
};

// Sectors that the entries of a table of ours take.
std::uint64_t EntrySectors(const PartitionTable& table);

}  // namespace ichor::disk
