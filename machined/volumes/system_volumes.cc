#include "machined/volumes/system_volumes.h"

#include <algorithm>
#include <format>
#include <utility>

#include "absl/strings/str_join.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "machined/block/disk_table.h"

namespace ichor {
namespace {

void MarkWiped(bool state, bool ephemeral, disk::PartitionTable& table) {
  if (state) {
    disk::SetBlank(disk::kState, true, table);
    disk::ClearAccepted(table);
  }
  if (ephemeral) {
    disk::SetBlank(disk::kEphemeral, true, table);
  }
}

}  // namespace

SystemVolumes::SystemVolumes(Doors doors, Places places)
    : doors_(std::move(doors)),
      places_(std::move(places)),
      files_(doors_.devices, doors_.programs, doors_.mounts),
      own_({.devices = doors_.devices, .mounts = doors_.mounts, .new_guid = doors_.new_guid},
           files_, places_.state, places_.ephemeral) {}

absl::StatusOr<SystemVolumes::Found> SystemVolumes::Open(const std::string& dev_path) {
  ASSIGN_OR_RETURN(disk::PartitionTable table, ReadTable(doors_.devices, dev_path));
  RETURN_IF_ERROR(FinishWipe(dev_path, table));
  const auto state = table.Find(disk::kState);
  if (!state.ok()) {
    return Found{};
  }
  const sys::MountPlan plan = PlanFor(dev_path, *state);
  if (disk::IsAccepted(table)) {
    RETURN_IF_ERROR(files_.MountOrRepair(plan, disk::kState));
    return Found{.state = true, .accepted = true};
  }
  const absl::Status mounted = doors_.mounts.Mount(plan);
  if (!mounted.ok()) {  // the power was cut before a config was on it
    base::Log(base::Severity::kInfo, "STATE is not finished: {}", base::MessageOf(mounted));
  }
  return Found{.state = mounted.ok()};
}

absl::Status SystemVolumes::MakeState(const std::string& dev_path, const disk::VolumeSize& size,
                                      disk::EphemeralPlace place,
                                      const std::vector<disk::NewVolume>& volumes) {
  ASSIGN_OR_RETURN(disk::PartitionTable before, ReadTable(doors_.devices, dev_path));
  RETURN_IF_ERROR(FinishWipe(dev_path, before));
  ASSIGN_OR_RETURN(const disk::PartitionTable table,
                   disk::WithSystemPartitions(before, doors_.new_guid, size, place, volumes));
  if (table.entries() != before.entries() || table.disk() != before.disk()) {
    RETURN_IF_ERROR(EraseNew(dev_path, before, table));
    RETURN_IF_ERROR(WriteTable(doors_.devices, dev_path, table));
  }
  RETURN_IF_ERROR(TellKernel(dev_path, table));
  ASSIGN_OR_RETURN(const disk::Partition state, table.Find(disk::kState));
  return files_.MountOrMake(PlanFor(dev_path, state), disk::kState);
}

// Where a partition comes to lie there may be a file system of an earlier life of the disk, an
// earlier node's STATE at the very same place: it must not be taken for ours.
absl::Status SystemVolumes::EraseNew(const std::string& dev_path,
                                     const disk::PartitionTable& before,
                                     const disk::PartitionTable& after) {
  for (const disk::Partition& partition : after.partitions()) {
    if (!before.Find(partition.label).ok()) {
      RETURN_IF_ERROR(Zero(dev_path, partition.offset_bytes, disk::kAlignment));
    }
  }
  return absl::OkStatus();
}

absl::Status SystemVolumes::MountEphemeral(const std::string& dev_path, const EphemeralWish& wish,
                                           const OtherDisks& others) {
  other_disk_.clear();
  own_.set_disks(others.disks);
  ASSIGN_OR_RETURN(const disk::PartitionTable system, ReadTable(doors_.devices, dev_path));
  if (system.Find(disk::kEphemeral).ok()) {
    return MountEphemeralOf(dev_path, disk::IsAccepted(system), wish);
  }
  ASSIGN_OR_RETURN(other_disk_, OtherDisk(system, wish.size, others));
  ASSIGN_OR_RETURN(const disk::PartitionTable other, ReadTable(doors_.devices, other_disk_));
  RETURN_IF_ERROR(TellKernel(other_disk_, other));
  return MountEphemeralOf(other_disk_, disk::IsEphemeralElsewhere(system), wish);
}

// The disk that says by its GUID that it is this system's, else the chosen one, which is made so.
absl::StatusOr<std::string> SystemVolumes::OtherDisk(const disk::PartitionTable& system,
                                                     const disk::VolumeSize& size,
                                                     const OtherDisks& others) {
  const disk::Guid guid = disk::EphemeralDiskOf(system.disk());
  std::vector<std::string> found;
  for (const std::string& disk : others.disks) {
    const auto table = ReadTable(doors_.devices, disk);
    if (table.ok() && table->disk() == guid) {
      found.push_back(disk);
    }
  }
  if (found.size() > 1) {
    return absl::FailedPreconditionError(
        std::format("several disks say that they hold EPHEMERAL: {}; remove all but one",
                    absl::StrJoin(found, ", ")));
  }
  if (found.size() == 1) {
    return found.front();
  }
  if (disk::IsEphemeralElsewhere(system)) {
    return absl::UnavailableError(std::format(
        "the disk that holds EPHEMERAL is not there: one with the GUID {}", disk::ToText(guid)));
  }
  ASSIGN_OR_RETURN(std::string chosen, others.chosen);
  RETURN_IF_ERROR(MakeOtherDisk(chosen, system.disk(), size));
  return chosen;
}

// What holds anything is left alone, whatever the config says.
absl::Status SystemVolumes::MakeOtherDisk(const std::string& dev_path, const disk::Guid& system,
                                          const disk::VolumeSize& size) {
  ASSIGN_OR_RETURN(const sys::ProbedDisk probed, doors_.devices.Probe(dev_path));
  if (!probed.contents.type.empty() || !probed.partitions.empty()) {
    return absl::FailedPreconditionError(
        std::format("{} holds {}, and EPHEMERAL is made on an empty disk only: wipe it first",
                    dev_path, probed.contents.type.empty() ? "partitions" : probed.contents.type));
  }
  ASSIGN_OR_RETURN(const disk::Geometry geometry, ReadGeometry(doors_.devices, dev_path));
  ASSIGN_OR_RETURN(const disk::PartitionTable table,
                   disk::EphemeralTable(geometry, system, doors_.new_guid, size));
  base::Log(base::Severity::kInfo, "{} becomes the disk of EPHEMERAL", dev_path);
  return WriteTable(doors_.devices, dev_path, table);
}

// On the disk at `dev_path`; `made`: a file system was there once, and is not made anew.
absl::Status SystemVolumes::MountEphemeralOf(const std::string& dev_path, bool made,
                                             const EphemeralWish& wish) {
  growth_error_ = GrowPartition(dev_path, wish.size);
  ASSIGN_OR_RETURN(const disk::PartitionTable table, ReadTable(doors_.devices, dev_path));
  ASSIGN_OR_RETURN(const disk::Partition ephemeral, table.Find(disk::kEphemeral));
  sys::MountPlan plan = PlanFor(dev_path, ephemeral);
  plan.secure = wish.secure;
  plan.access_times = wish.access_times;
  if (disk::IsBlank(table, disk::kEphemeral)) {
    return files_.Make(plan, disk::kEphemeral);
  }
  RETURN_IF_ERROR(made ? files_.MountOrRepair(plan, disk::kEphemeral)
                       : files_.MountOrMake(plan, disk::kEphemeral));
  if (growth_error_.ok() && wish.size.grow) {
    growth_error_ = files_.Grow(dev_path, ephemeral, places_.ephemeral);
  }
  if (!growth_error_.ok()) {
    base::Log(base::Severity::kWarning, "EPHEMERAL does not grow: {}",
              base::MessageOf(growth_error_));
  }
  return absl::OkStatus();
}

// The partition first: a power cut leaves a file system that does not fill it, and is grown by the
// next boot.
absl::Status SystemVolumes::GrowPartition(const std::string& dev_path,
                                          const disk::VolumeSize& size) {
  ASSIGN_OR_RETURN(const disk::PartitionTable before, ReadTable(doors_.devices, dev_path));
  const disk::PartitionTable table = disk::WithGrownEphemeral(before, size);
  if (table.entries() == before.entries()) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(WriteTable(doors_.devices, dev_path, table));
  ASSIGN_OR_RETURN(const disk::Partition grown, table.Find(disk::kEphemeral));
  base::Log(base::Severity::kInfo, "EPHEMERAL grows to {} MiB",
            grown.size_bytes / disk::kAlignment);
  return doors_.devices.AddPartition(dev_path, grown.number, grown.offset_bytes, grown.size_bytes);
}

absl::Status SystemVolumes::MarkAccepted(const std::string& dev_path) {
  if (!other_disk_.empty()) {
    RETURN_IF_ERROR(SetEphemeralBlank(other_disk_, false));
  }
  ASSIGN_OR_RETURN(disk::PartitionTable table, ReadTable(doors_.devices, dev_path));
  if (disk::IsAccepted(table) && !disk::IsBlank(table, disk::kEphemeral) &&
      disk::IsEphemeralElsewhere(table) == !other_disk_.empty()) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(disk::MarkAccepted(table));
  if (!other_disk_.empty()) {
    RETURN_IF_ERROR(disk::MarkEphemeralElsewhere(table));
  }
  disk::SetBlank(disk::kEphemeral, false, table);
  return WriteTable(doors_.devices, dev_path, table);
}

// Does nothing if it is so.
absl::Status SystemVolumes::SetEphemeralBlank(const std::string& dev_path, bool blank) {
  ASSIGN_OR_RETURN(disk::PartitionTable table, ReadTable(doors_.devices, dev_path));
  if (disk::IsBlank(table, disk::kEphemeral) == blank) {
    return absl::OkStatus();
  }
  disk::SetBlank(disk::kEphemeral, blank, table);
  return WriteTable(doors_.devices, dev_path, table);
}

absl::Status SystemVolumes::MarkInstalled(const std::string& dev_path) {
  ASSIGN_OR_RETURN(disk::PartitionTable table, ReadTable(doors_.devices, dev_path));
  RETURN_IF_ERROR(disk::MarkAccepted(table));
  disk::SetBlank(disk::kEphemeral, true, table);
  return WriteTable(doors_.devices, dev_path, table);
}

// META first, then the marks: until they are written the node is what it was, and from then on
// nothing that goes is taken for something.
absl::Status SystemVolumes::Wipe(const std::string& dev_path,
                                 const std::vector<std::string>& labels, bool everything) {
  const auto goes = [&](std::string_view label) {
    return everything || std::ranges::contains(labels, label);
  };
  RETURN_IF_ERROR(own_.Unmount());
  RETURN_IF_ERROR(doors_.mounts.UnmountWith(places_.ephemeral));
  RETURN_IF_ERROR(doors_.mounts.Unmount(places_.state));
  RETURN_IF_ERROR(own_.Wipe(dev_path, labels, everything));
  ASSIGN_OR_RETURN(disk::PartitionTable table, ReadTable(doors_.devices, dev_path));
  if (const auto meta = table.Find(disk::kMeta); meta.ok() && goes(disk::kMeta)) {
    RETURN_IF_ERROR(ZeroPartition(dev_path, *meta));
  }
  const bool other_goes = OtherIsThere() && goes(disk::kEphemeral);
  if (other_goes) {
    RETURN_IF_ERROR(SetEphemeralBlank(other_disk_, true));
  }
  if (goes(disk::kState) || goes(disk::kEphemeral)) {
    MarkWiped(goes(disk::kState), goes(disk::kEphemeral), table);
    RETURN_IF_ERROR(WriteTable(doors_.devices, dev_path, table));
    ASSIGN_OR_RETURN(table, ReadTable(doors_.devices, dev_path));  // it lies elsewhere now
  }
  if (const auto ephemeral = table.Find(disk::kEphemeral);
      ephemeral.ok() && goes(disk::kEphemeral)) {
    RETURN_IF_ERROR(ZeroPartition(dev_path, *ephemeral));
  }
  if (other_goes) {
    RETURN_IF_ERROR(WipeOther(goes(disk::kState)));
  }
  RETURN_IF_ERROR(FinishWipe(dev_path, table));
  return everything ? EraseTable(dev_path) : absl::OkStatus();
}

// A disk that was pulled out, or died, does not keep the system's from being wiped.
bool SystemVolumes::OtherIsThere() const {
  if (other_disk_.empty()) {
    return false;
  }
  const absl::Status measured = doors_.devices.Measure(other_disk_).status();
  if (absl::IsNotFound(measured)) {
    base::Log(base::Severity::kWarning, "the disk of EPHEMERAL is gone, and not wiped: {}",
              base::MessageOf(measured));
  }
  return !absl::IsNotFound(measured);
}

// Its mark is written. While STATE remembers that there is such a disk, it stays one.
absl::Status SystemVolumes::WipeOther(bool state_goes) {
  ASSIGN_OR_RETURN(const disk::PartitionTable table, ReadTable(doors_.devices, other_disk_));
  ASSIGN_OR_RETURN(const disk::Partition ephemeral, table.Find(disk::kEphemeral));
  RETURN_IF_ERROR(ZeroPartition(other_disk_, ephemeral));
  return state_goes ? EraseTable(other_disk_) : absl::OkStatus();
}

absl::Status SystemVolumes::EraseTable(const std::string& dev_path) {
  ASSIGN_OR_RETURN(const disk::Geometry geometry, ReadGeometry(doors_.devices, dev_path));
  RETURN_IF_ERROR(Zero(dev_path, 0, disk::kAlignment));
  return Zero(dev_path, geometry.size_bytes - disk::kAlignment, disk::kAlignment);
}

absl::Status SystemVolumes::FinishWipe(const std::string& dev_path, disk::PartitionTable& table) {
  if (!disk::IsBlank(table, disk::kState)) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const disk::Partition state, table.Find(disk::kState));
  RETURN_IF_ERROR(ZeroPartition(dev_path, state));
  disk::SetBlank(disk::kState, false, table);
  RETURN_IF_ERROR(WriteTable(doors_.devices, dev_path, table));
  ASSIGN_OR_RETURN(table, ReadTable(doors_.devices, dev_path));
  return absl::OkStatus();
}

absl::Status SystemVolumes::ZeroPartition(const std::string& dev_path,
                                          const disk::Partition& partition) {
  const bool whole = partition.label == disk::kState || partition.label == disk::kMeta;
  return Zero(dev_path, partition.offset_bytes, whole ? partition.size_bytes : disk::kAlignment);
}

absl::Status SystemVolumes::Zero(const std::string& dev_path, std::uint64_t offset_bytes,
                                 std::uint64_t size_bytes) {
  const std::string zeros(disk::kAlignment, '\0');
  for (std::uint64_t done = 0; done < size_bytes; done += zeros.size()) {
    RETURN_IF_ERROR(
        doors_.devices.Write(dev_path, offset_bytes + done,
                             std::string_view(zeros).substr(
                                 0, std::min<std::uint64_t>(zeros.size(), size_bytes - done))));
  }
  return absl::OkStatus();
}

absl::Status SystemVolumes::TellKernel(const std::string& dev_path,
                                       const disk::PartitionTable& table) {
  for (const std::string_view label : {disk::kRootB, disk::kState, disk::kEphemeral}) {
    const auto made = table.Find(label);
    if (made.ok()) {
      RETURN_IF_ERROR(doors_.devices.AddPartition(dev_path, made->number, made->offset_bytes,
                                                  made->size_bytes));
    }
  }
  return absl::OkStatus();
}

sys::MountPlan SystemVolumes::PlanFor(const std::string& dev_path,
                                      const disk::Partition& partition) const {
  const bool state = partition.label == disk::kState;
  return {.device = PartitionPath(dev_path, partition.number),
          .type = "xfs",
          .target = state ? places_.state : places_.ephemeral,
          .programs = !state};
}

}  // namespace ichor
