#include "lib/disk/volume_table.h"

#include <algorithm>
#include <cstddef>
#include <format>
#include <utility>

#include "absl/strings/str_join.h"
#include "lib/base/status.h"
#include "lib/disk/system_table.h"

namespace ichor::disk {
namespace {

constexpr std::uint64_t kBlankMark = std::uint64_t{1} << 49U;

// FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv
std::uint64_t HashOf(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : text) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  return hash;
}

bool HasOnlyVolumesOf(const Guid& system, const PartitionTable& table) {
  return std::ranges::all_of(table.partitions(), [&](const Partition& partition) {
    return partition.id == VolumeIdOf(system, partition.label);
  });
}

std::string LabelsOf(const PartitionTable& table) {
  std::vector<std::string> labels;
  for (const Partition& partition : table.partitions()) {
    labels.push_back(partition.label.empty() ? std::format("number {}", partition.number)
                                             : partition.label);
  }
  return absl::StrJoin(labels, ", ");
}

// Why nothing is made there; OK if the disk is free for volumes of the system.
absl::Status CheckDisk(const VolumeDisk& disk, const Guid& system) {
  if (!disk.table.has_value()) {
    return disk.contents.empty() ? absl::OkStatus()
                                 : absl::FailedPreconditionError(
                                       std::format("holds {}: wipe it first", disk.contents));
  }
  if (disk.table->disk() == EphemeralDiskOf(system)) {
    return absl::FailedPreconditionError("is the disk of EPHEMERAL");
  }
  if (disk.table->disk() == system || HasOnlyVolumesOf(system, *disk.table)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      std::format("holds partitions of others ({}): wipe it first", LabelsOf(*disk.table)));
}

absl::StatusOr<VolumePlan> PlanOn(const VolumeDisk& disk, const NewVolume& volume,
                                  const Guid& system, const Guid& new_disk) {
  RETURN_IF_ERROR(CheckDisk(disk, system));
  VolumePlan plan{.dev_path = disk.dev_path,
                  .table = disk.table.value_or(PartitionTable(disk.geometry, new_disk))};
  RETURN_IF_ERROR(AddVolume(volume, system, {}, plan.table));
  return plan;
}

}  // namespace

const Guid& LinuxData() {
  static const Guid kGuid = KnownGuid("0fc63daf-8483-4772-8e79-3d69d8477de4");
  return kGuid;
}

std::uint64_t BytesWithin(const VolumeSize& size, std::uint64_t room_bytes,
                          const Geometry& geometry) {
  constexpr double kWhole = 100;
  std::uint64_t bytes = room_bytes - std::min(room_bytes, size.left_free_bytes);
  if (size.max_bytes.has_value()) {
    bytes = std::min(bytes, *size.max_bytes);
  }
  if (size.max_percent.has_value()) {
    const double most = static_cast<double>(geometry.size_bytes) / kWhole * *size.max_percent;
    bytes = std::min(bytes, static_cast<std::uint64_t>(most));
  }
  return bytes / kAlignment * kAlignment;
}

Guid VolumeIdOf(const Guid& system, std::string_view label) {
  Guid id = system;
  std::uint64_t hash = HashOf(label);
  // The last six bytes are random bits in every version.
  for (std::size_t at = id.size() - 6; at < id.size(); ++at) {
    id[at] ^= std::byte{static_cast<unsigned char>(hash)};
    hash >>= 8U;
  }
  return id;
}

std::optional<Partition> FindVolume(const PartitionTable& table, const Guid& system,
                                    std::string_view label) {
  const Guid id = VolumeIdOf(system, label);
  for (Partition& partition : table.partitions()) {
    if (partition.label == label && partition.id == id) {
      return std::move(partition);
    }
  }
  return std::nullopt;
}

absl::Status AddVolume(const NewVolume& volume, const Guid& system, const RoomLeft& left,
                       PartitionTable& table) {
  const std::uint64_t gap = table.LargestGap();
  const std::uint64_t room = gap - std::min(gap, left.bytes);
  const std::uint64_t least =
      std::max((volume.size.min_bytes + kAlignment - 1) / kAlignment, std::uint64_t{1}) *
      kAlignment;
  std::uint64_t bytes = BytesWithin(volume.size, room, table.geometry());
  if (left.rest && !volume.size.has_max()) {
    bytes = std::min(bytes, least);
  }
  if (bytes < least) {
    return absl::ResourceExhaustedError(std::format("has {} MiB for {}, expected {} MiB at least",
                                                    bytes / kAlignment, volume.label,
                                                    least / kAlignment));
  }
  ASSIGN_OR_RETURN(const Partition added,
                   table.Add(volume.label, LinuxData(), VolumeIdOf(system, volume.label), bytes));
  SetBlank(added, true, table);
  return absl::OkStatus();
}

PartitionTable WithGrownVolume(PartitionTable table, std::uint32_t number, const VolumeSize& size) {
  const std::vector<Partition> all = table.partitions();
  const auto own = std::ranges::find(all, number, &Partition::number);
  const std::uint64_t bytes = BytesWithin(size, table.RoomOf(number), table.geometry());
  if (size.grow && own != all.end() && bytes > own->size_bytes) {
    table.SetSize(number, bytes);
  }
  return table;
}

absl::StatusOr<VolumePlan> PlanVolume(const NewVolume& volume, const Guid& system, const Guid& disk,
                                      const std::vector<VolumeDisk>& disks) {
  std::vector<VolumePlan> fit;
  std::vector<std::string> all;
  for (const VolumeDisk& one : disks) {
    absl::StatusOr<VolumePlan> plan = PlanOn(one, volume, system, disk);
    all.push_back(
        std::format("{} {}", one.dev_path, plan.ok() ? "fits" : base::MessageOf(plan.status())));
    if (plan.ok()) {
      fit.push_back(*std::move(plan));
    }
  }
  if (fit.size() != 1) {
    return absl::FailedPreconditionError(
        std::format("{} disks can take {}, expected one: {}", fit.size(), volume.label,
                    all.empty() ? "none matches" : absl::StrJoin(all, "; ")));
  }
  return std::move(fit.front());
}

bool IsBlank(const Partition& partition) {
  return (partition.attributes & kBlankMark) != 0;
}

void SetBlank(const Partition& partition, bool blank, PartitionTable& table) {
  const std::uint64_t others = partition.attributes & ~kBlankMark;
  table.SetAttributes(partition.number, blank ? others | kBlankMark : others);
}

}  // namespace ichor::disk
