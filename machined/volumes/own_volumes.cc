#include "machined/volumes/own_volumes.h"

#include <algorithm>
#include <format>
#include <ranges>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/sys/file.h"
#include "lib/sys/ownership.h"
#include "machined/block/disk_table.h"

namespace ichor {
namespace {

// The labels of volumes that were made on other disks, a line each.
constexpr const char* kMadeElsewhere = "volumes-elsewhere";
constexpr std::size_t kLargestRecord = 64 << 10;  // bytes

bool IsOf(const disk::Guid& system, const disk::Partition& partition) {
  return partition.id == disk::VolumeIdOf(system, partition.label);
}

}  // namespace

OwnVolumes::OwnVolumes(Doors doors, XfsVolumes& files, std::string state, std::string ephemeral)
    : doors_(std::move(doors)),
      files_(files),
      state_(std::move(state)),
      ephemeral_(std::move(ephemeral)) {}

absl::Status OwnVolumes::Mount(const std::string& system_disk,
                               const std::vector<VolumeWish>& wishes, const OtherDisks& others) {
  absl::Status first;
  volumes_.clear();
  for (const VolumeWish& wish : wishes) {
    Volume volume{.wish = wish, .target = std::format("{}/{}", ephemeral_, wish.place.path)};
    volume.error = MountOne(system_disk, others, volume);
    if (!volume.error.ok()) {
      first.Update(absl::Status(
          volume.error.code(), std::format("{}: {}", wish.label(), base::MessageOf(volume.error))));
    }
    volumes_.push_back(std::move(volume));
  }
  return first;
}

absl::Status OwnVolumes::MountOne(const std::string& system_disk, const OtherDisks& others,
                                  Volume& volume) {
  ASSIGN_OR_RETURN(const disk::PartitionTable system, ReadTable(doors_.devices, system_disk));
  ASSIGN_OR_RETURN(volume.disk, DiskOf(system_disk, system.disk(), volume.wish, others));
  volume.growth_error = Grow(system.disk(), volume);
  ASSIGN_OR_RETURN(const disk::PartitionTable table, ReadTable(doors_.devices, volume.disk));
  const auto found = disk::FindVolume(table, system.disk(), volume.wish.label());
  if (!found.has_value()) {
    return absl::NotFoundError(std::format("{} lost its partition", volume.disk));
  }
  const disk::Partition& partition = volume.partition = *found;
  RETURN_IF_ERROR(doors_.devices.AddPartition(volume.disk, partition.number, partition.offset_bytes,
                                              partition.size_bytes));
  RETURN_IF_ERROR(MountPartition(volume));
  RETURN_IF_ERROR(SetMade(volume, volume.disk != system_disk));
  if (volume.growth_error.ok() && volume.wish.size.grow) {
    volume.growth_error = files_.Grow(volume.disk, partition, volume.target);
  }
  return absl::OkStatus();
}

// The disk that has its partition, which is made if none has.
absl::StatusOr<std::string> OwnVolumes::DiskOf(const std::string& system_disk,
                                               const disk::Guid& system, const VolumeWish& wish,
                                               const OtherDisks& others) {
  std::vector<std::string> disks = others.disks;
  disks.push_back(system_disk);
  std::vector<std::string> found;
  for (const std::string& disk : disks) {
    const auto table = ReadTable(doors_.devices, disk);
    if (table.ok() && disk::FindVolume(*table, system, wish.label()).has_value()) {
      found.push_back(disk);
    }
  }
  if (found.size() > 1) {
    return absl::FailedPreconditionError(
        std::format("several disks have it: {}; remove all but one", absl::StrJoin(found, ", ")));
  }
  if (found.size() == 1) {
    return found.front();
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> made, MadeElsewhere());
  if (std::ranges::contains(made, wish.label())) {
    return absl::UnavailableError("the disk that holds it is not there");
  }
  return MakePartition(system, wish, others);
}

absl::StatusOr<std::string> OwnVolumes::MakePartition(const disk::Guid& system,
                                                      const VolumeWish& wish,
                                                      const OtherDisks& others) {
  const auto chosen = others.volumes.find(wish.place.label);
  if (chosen == others.volumes.end()) {
    return absl::NotFoundError("no disk is chosen for it");
  }
  RETURN_IF_ERROR(chosen->second.status());
  std::vector<disk::VolumeDisk> disks;
  for (const std::string& dev_path : *chosen->second) {
    disks.push_back(Look(dev_path));
  }
  ASSIGN_OR_RETURN(const disk::VolumePlan plan,
                   disk::PlanVolume({.label = wish.label(), .size = wish.size}, system,
                                    doors_.new_guid(), disks));
  base::Log(base::Severity::kInfo, "{} gets a partition on {}", wish.place.label, plan.dev_path);
  RETURN_IF_ERROR(WriteTable(doors_.devices, plan.dev_path, plan.table));
  return plan.dev_path;
}

// What cannot be read is not taken for empty.
disk::VolumeDisk OwnVolumes::Look(const std::string& dev_path) {
  disk::VolumeDisk disk{.dev_path = dev_path, .contents = "what cannot be read"};
  const auto geometry = ReadGeometry(doors_.devices, dev_path);
  const auto probed = doors_.devices.Probe(dev_path);
  if (!geometry.ok() || !probed.ok()) {
    return disk;
  }
  disk.geometry = *geometry;
  disk.contents = probed->contents.type;
  if (disk.contents.empty() && !probed->partitions.empty()) {
    disk.contents = "partitions";
  }
  if (auto table = ReadTable(doors_.devices, dev_path); table.ok()) {
    disk.table = *std::move(table);
  }
  return disk;
}

// The partition first: a power cut leaves a file system that does not fill it, and is grown by the
// next boot.
absl::Status OwnVolumes::Grow(const disk::Guid& system, const Volume& volume) {
  ASSIGN_OR_RETURN(const disk::PartitionTable before, ReadTable(doors_.devices, volume.disk));
  const auto old = disk::FindVolume(before, system, volume.wish.label());
  if (!old.has_value()) {
    return absl::OkStatus();
  }
  const disk::PartitionTable table = disk::WithGrownVolume(before, old->number, volume.wish.size);
  if (table.entries() == before.entries()) {
    return absl::OkStatus();
  }
  base::Log(base::Severity::kInfo, "{} grows", volume.wish.place.label);
  return WriteTable(doors_.devices, volume.disk, table);
}

// Below EPHEMERAL, whose directories may not be there yet.
absl::Status OwnVolumes::MountPartition(const Volume& volume) {
  const VolumeWish& wish = volume.wish;
  RETURN_IF_ERROR(sys::MakeDirectory(ephemeral_ + "/lib", {.mode = 0700}));
  const sys::Ownership ownership{
      .uid = wish.place.user, .gid = wish.place.user, .mode = wish.place.mode};
  RETURN_IF_ERROR(sys::MakeDirectory(volume.target, ownership));
  const sys::MountPlan plan{.device = PartitionPath(volume.disk, volume.partition.number),
                            .type = "xfs",
                            .target = volume.target,
                            .programs = wish.place.programs,
                            .secure = wish.secure,
                            .access_times = wish.access_times};
  RETURN_IF_ERROR(disk::IsBlank(volume.partition) ? files_.Make(plan, wish.place.label)
                                                  : files_.MountOrRepair(plan, wish.place.label));
  return sys::MakeDirectory(volume.target, ownership);
}

// The record comes before the mark goes: from then on the volume is missed while its disk is away.
absl::Status OwnVolumes::SetMade(const Volume& volume, bool elsewhere) {
  ASSIGN_OR_RETURN(std::vector<std::string> made, MadeElsewhere());
  if (elsewhere && !std::ranges::contains(made, volume.wish.label())) {
    made.push_back(volume.wish.label());
    RETURN_IF_ERROR(sys::WriteFileAtomically(std::format("{}/{}", state_, kMadeElsewhere),
                                             absl::StrJoin(made, "\n"), 0600));
  }
  if (!disk::IsBlank(volume.partition)) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(disk::PartitionTable table, ReadTable(doors_.devices, volume.disk));
  disk::SetBlank(volume.partition, false, table);
  return WriteTable(doors_.devices, volume.disk, table);
}

absl::StatusOr<std::vector<std::string>> OwnVolumes::MadeElsewhere() const {
  const auto text = sys::ReadFile(std::format("{}/{}", state_, kMadeElsewhere), kLargestRecord);
  if (absl::IsNotFound(text.status())) {
    return std::vector<std::string>{};
  }
  RETURN_IF_ERROR(text.status());
  return absl::StrSplit(*text, '\n', absl::SkipEmpty());
}

absl::Status OwnVolumes::Unmount() {
  for (const Volume& volume : std::views::reverse(volumes_)) {
    if (doors_.mounts.IsMounted(volume.target).value_or(false)) {
      RETURN_IF_ERROR(doors_.mounts.UnmountWith(volume.target));
    }
  }
  return absl::OkStatus();
}

absl::Status OwnVolumes::Wipe(const std::string& system_disk,
                              const std::vector<std::string>& labels, bool everything) {
  ASSIGN_OR_RETURN(const disk::PartitionTable system, ReadTable(doors_.devices, system_disk));
  RETURN_IF_ERROR(WipeOn(system_disk, system.disk(), labels, everything));
  for (const std::string& disk : disks_) {
    if (!ReadTable(doors_.devices, disk).ok()) {
      continue;  // gone, or none of ours
    }
    RETURN_IF_ERROR(WipeOn(disk, system.disk(), labels, everything));
    RETURN_IF_ERROR(everything ? RemoveFrom(disk, system.disk()) : absl::OkStatus());
  }
  return absl::OkStatus();
}

// The marks first: from then on nothing that goes is taken for something.
absl::Status OwnVolumes::WipeOn(const std::string& dev_path, const disk::Guid& system,
                                const std::vector<std::string>& labels, bool everything) {
  ASSIGN_OR_RETURN(disk::PartitionTable table, ReadTable(doors_.devices, dev_path));
  std::vector<disk::Partition> wiped;
  for (const disk::Partition& partition : table.partitions()) {
    if (IsOf(system, partition) && (everything || std::ranges::contains(labels, partition.label))) {
      disk::SetBlank(partition, true, table);
      wiped.push_back(partition);
    }
  }
  if (wiped.empty()) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(WriteTable(doors_.devices, dev_path, table));
  const std::string zeros(disk::kAlignment, '\0');
  for (const disk::Partition& partition : wiped) {
    RETURN_IF_ERROR(doors_.devices.Write(dev_path, partition.offset_bytes, zeros));
  }
  return absl::OkStatus();
}

absl::Status OwnVolumes::RemoveFrom(const std::string& dev_path, const disk::Guid& system) {
  ASSIGN_OR_RETURN(disk::PartitionTable table, ReadTable(doors_.devices, dev_path));
  const std::size_t before = table.partitions().size();
  for (const disk::Partition& partition : table.partitions()) {
    if (IsOf(system, partition)) {
      table.Remove(partition.number);
    }
  }
  const std::size_t left = table.partitions().size();
  if (left == before) {
    return absl::OkStatus();
  }
  if (left > 0) {
    return WriteTable(doors_.devices, dev_path, table);
  }
  const std::string zeros(disk::kAlignment, '\0');
  RETURN_IF_ERROR(doors_.devices.Write(dev_path, 0, zeros));
  return doors_.devices.Write(dev_path, table.geometry().size_bytes - zeros.size(), zeros);
}

}  // namespace ichor
