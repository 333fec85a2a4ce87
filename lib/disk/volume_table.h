// Partitions of volumes that a node makes beside those of every system: on the system's disk, or on
// another one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/disk/partition_table.h"

namespace ichor::disk {

inline constexpr std::uint64_t kMinVolumeBytes = std::uint64_t{2} << 30U;

// How large a volume is, where there is room.
struct VolumeSize {
  std::uint64_t min_bytes = kMinVolumeBytes;
  std::optional<std::uint64_t> max_bytes{};
  std::optional<double> max_percent{};  // of the disk
  std::uint64_t left_free_bytes = 0;    // of the room, for others
  bool grow = true;                     // when there is more room than it takes

  bool has_max() const {
    return max_bytes.has_value() || max_percent.has_value() || left_free_bytes > 0;
  }
};

// The most that `size` lets a volume take of `room_bytes` on the disk. Whole pieces (kAlignment).
std::uint64_t BytesWithin(const VolumeSize& size, std::uint64_t room_bytes,
                          const Geometry& geometry);

struct NewVolume {
  std::string label;  // of the partition
  VolumeSize size{};
};

// What a partition's type is that Linux file systems are in: the UEFI type GUID of "Linux data".
const Guid& LinuxData();

// The partition's identity for the system whose disk has the GUID `system`: with its label it says
// whose it is, on whatever disk.
Guid VolumeIdOf(const Guid& system, std::string_view label);

// The partition of that system's volume; none if the table has none.
std::optional<Partition> FindVolume(const PartitionTable& table, const Guid& system,
                                    std::string_view label);

// What a new volume leaves to others.
struct RoomLeft {
  std::uint64_t bytes = 0;  // for those that come later
  bool rest = false;        // somebody takes the rest: no largest size means the smallest
};

// Adds the partition, marked as blank, in the largest gap. ResourceExhausted if that is too small.
absl::Status AddVolume(const NewVolume& volume, const Guid& system, const RoomLeft& left,
                       PartitionTable& table);

// The table with partition `number`, which must be there, grown to where `size` lets it, in the
// room behind it. The same table if it may not grow or has no room.
PartitionTable WithGrownVolume(PartitionTable table, std::uint32_t number, const VolumeSize& size);

// A disk that a volume may be made on.
struct VolumeDisk {
  std::string dev_path;
  Geometry geometry{};
  std::optional<PartitionTable> table{};
  std::string contents;  // what else it holds; empty: nothing
};

struct VolumePlan {
  std::string dev_path;
  PartitionTable table;  // to write there
};

// Where the volume of the system with the disk GUID `system` is made: on the one of `disks` that is
// empty, or has nothing but volumes of this system, or is the system's own, and has the room.
// `disk` is the GUID of a table that is made new. Nothing that holds anything else is ever taken.
// FailedPrecondition, with all disks and why each is not the one, if there is none or are several.
absl::StatusOr<VolumePlan> PlanVolume(const NewVolume& volume, const Guid& system, const Guid& disk,
                                      const std::vector<VolumeDisk>& disks);

// A mark in the attributes of a partition: what it holds counts for nothing, whether it can be
// mounted or not, since it was never made, is to be wiped, or was.
bool IsBlank(const Partition& partition);
void SetBlank(const Partition& partition, bool blank, PartitionTable& table);

}  // namespace ichor::disk
