#include "machined/volumes/system_volumes.h"

#include <algorithm>
#include <chrono>
#include <format>
#include <utility>

#include "absl/strings/str_join.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/disk/xfs_size.h"
#include "machined/block/disk_table.h"

namespace ichor {
namespace {

constexpr std::chrono::minutes kMakingLimit{10};
constexpr std::chrono::minutes kRepairLimit{30};
// What the kernel of the image can mount, newer features left out: mkfs.xfs(8).
constexpr const char* kProfile = "options=/usr/share/xfsprogs/mkfs/lts_6.12.conf";

std::vector<std::string> MakingOf(std::string_view label, const std::string& device) {
  std::vector<std::string> command = {"/usr/sbin/mkfs.xfs", "-f", "-q", "-K", "-c", kProfile, "-L",
                                      std::string(label)};
  if (label == disk::kState) {
    command.emplace_back("--unsupported");  // it has less than the 300 MiB that xfs asks for
  }
  command.push_back(device);
  return command;
}

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
    : doors_(std::move(doors)), places_(std::move(places)) {}

absl::StatusOr<SystemVolumes::Found> SystemVolumes::Open(const std::string& dev_path) {
  ASSIGN_OR_RETURN(disk::PartitionTable table, ReadTable(doors_.devices, dev_path));
  RETURN_IF_ERROR(FinishWipe(dev_path, table));
  const auto state = table.Find(disk::kState);
  if (!state.ok()) {
    return Found{};
  }
  const sys::MountPlan plan = PlanFor(dev_path, *state);
  if (disk::IsAccepted(table)) {
    RETURN_IF_ERROR(MountOrRepair(plan, disk::kState));
    return Found{.state = true, .accepted = true};
  }
  const absl::Status mounted = doors_.mounts.Mount(plan);
  if (!mounted.ok()) {  // the power was cut before a config was on it
    base::Log(base::Severity::kInfo, "STATE is not finished: {}", base::MessageOf(mounted));
  }
  return Found{.state = mounted.ok()};
}

absl::Status SystemVolumes::MakeState(const std::string& dev_path, const disk::EphemeralSize& size,
                                      disk::EphemeralPlace place) {
  ASSIGN_OR_RETURN(disk::PartitionTable before, ReadTable(doors_.devices, dev_path));
  RETURN_IF_ERROR(FinishWipe(dev_path, before));
  ASSIGN_OR_RETURN(const disk::PartitionTable table,
                   disk::WithSystemPartitions(before, doors_.new_guid, size, place));
  if (table.entries() != before.entries() || table.disk() != before.disk()) {
    RETURN_IF_ERROR(EraseNew(dev_path, before, table));
    RETURN_IF_ERROR(WriteTable(doors_.devices, dev_path, table));
  }
  RETURN_IF_ERROR(TellKernel(dev_path, table));
  ASSIGN_OR_RETURN(const disk::Partition state, table.Find(disk::kState));
  return MountOrMake(PlanFor(dev_path, state), disk::kState);
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
                                                     const disk::EphemeralSize& size,
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
                                          const disk::EphemeralSize& size) {
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
    RETURN_IF_ERROR(Make(plan, disk::kEphemeral));
    return doors_.mounts.Mount(plan);
  }
  RETURN_IF_ERROR(made ? MountOrRepair(plan, disk::kEphemeral)
                       : MountOrMake(plan, disk::kEphemeral));
  if (growth_error_.ok() && wish.size.grow) {
    growth_error_ = GrowFileSystem(dev_path, ephemeral);
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
                                          const disk::EphemeralSize& size) {
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

absl::Status SystemVolumes::GrowFileSystem(const std::string& dev_path,
                                           const disk::Partition& partition) {
  ASSIGN_OR_RETURN(
      const std::string superblock,
      doors_.devices.Read(dev_path, partition.offset_bytes, disk::kXfsSuperblockBytes));
  const auto bytes = disk::XfsBytes(superblock);
  if (!bytes.has_value() || *bytes + disk::kAlignment > partition.size_bytes) {
    return absl::OkStatus();
  }
  return doors_.programs.Run({"/usr/sbin/xfs_growfs", "-d", places_.ephemeral}, kMakingLimit);
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
  RETURN_IF_ERROR(doors_.mounts.UnmountWith(places_.ephemeral));
  RETURN_IF_ERROR(doors_.mounts.Unmount(places_.state));
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

absl::Status SystemVolumes::MountOrMake(const sys::MountPlan& plan, std::string_view label) {
  if (doors_.mounts.Mount(plan).ok()) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(Make(plan, label));
  return doors_.mounts.Mount(plan);
}

absl::Status SystemVolumes::Make(const sys::MountPlan& plan, std::string_view label) {
  base::Log(base::Severity::kInfo, "{} is made on {}", label, plan.device);
  return doors_.programs.Run(MakingOf(label, plan.device), kMakingLimit);
}

absl::Status SystemVolumes::MountOrRepair(const sys::MountPlan& plan, std::string_view label) {
  const absl::Status mounted = doors_.mounts.Mount(plan);
  if (mounted.ok()) {
    return absl::OkStatus();
  }
  base::Log(base::Severity::kWarning, "{}: {}; it is repaired", label, base::MessageOf(mounted));
  const absl::Status repaired =
      doors_.programs.Run({"/usr/sbin/xfs_repair", plan.device}, kRepairLimit);
  const absl::Status again = doors_.mounts.Mount(plan);
  if (again.ok()) {
    return absl::OkStatus();
  }
  return absl::DataLossError(std::format("{} on {} cannot be read: {}{}{}", label, plan.device,
                                         base::MessageOf(again), repaired.ok() ? "" : "; ",
                                         base::MessageOf(repaired)));
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
