#include "machined/config/rows.h"

#include "lib/disk/system_table.h"
#include "machined/block/size.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;

void SetMount(const SystemVolume& volume, block::MountSpec& mount) {
  mount.set_target_path(volume.target);
  mount.set_secure(true);
}

// A directory of EPHEMERAL, or mounted there.
bool IsBelowEphemeral(const SystemVolume& volume) {
  return volume.label != disk::kMeta && volume.label != disk::kState &&
         volume.label != disk::kEphemeral;
}

// META is nothing to mount.
enums::BlockVolumePhase PhaseOf(const SystemVolume& volume) {
  if (volume.directory) {
    return volume.target.empty() ? enums::VOLUME_PHASE_WAITING : enums::VOLUME_PHASE_READY;
  }
  if (volume.device.empty() && !volume.problem.empty() && IsBelowEphemeral(volume)) {
    return enums::VOLUME_PHASE_FAILED;
  }
  if (volume.device.empty()) {
    return volume.label == disk::kState ? enums::VOLUME_PHASE_MISSING : enums::VOLUME_PHASE_WAITING;
  }
  if (volume.label == disk::kMeta || !volume.target.empty()) {
    return enums::VOLUME_PHASE_READY;
  }
  return volume.problem.empty() ? enums::VOLUME_PHASE_LOCATED : enums::VOLUME_PHASE_FAILED;
}

}  // namespace

Desired<block::VolumeStatus> VolumeStatuses(const std::vector<SystemVolume>& volumes) {
  Desired<block::VolumeStatus> rows;
  for (const SystemVolume& volume : volumes) {
    const bool raw = volume.label == disk::kMeta || volume.directory;
    block::VolumeStatus::Spec row;
    row.set_phase(PhaseOf(volume));
    row.set_type(volume.directory ? enums::VOLUME_TYPE_DIRECTORY : enums::VOLUME_TYPE_PARTITION);
    if (IsBelowEphemeral(volume)) {
      row.set_parent_id(std::string(disk::kEphemeral));
    }
    row.set_location(volume.device);
    row.set_mount_location(volume.device);
    row.set_parent_location(volume.disk);
    row.set_partition_index(volume.number);
    row.set_partition_uuid(volume.partition_uuid);
    row.set_size(volume.size_bytes);
    row.set_pretty_size(volume.directory ? "" : PrettySize(volume.size_bytes));
    row.set_filesystem(raw ? enums::FILESYSTEM_TYPE_NONE : enums::FILESYSTEM_TYPE_XFS);
    row.set_error_message(volume.problem);
    if (!volume.target.empty()) {
      SetMount(volume, *row.mutable_mount_spec());
    }
    rows.Add(volume.label, std::move(row));
  }
  return rows;
}

Desired<block::MountStatus> MountStatuses(const std::vector<SystemVolume>& volumes) {
  Desired<block::MountStatus> rows;
  for (const SystemVolume& volume : volumes) {
    if (volume.target.empty() || volume.directory) {
      continue;
    }
    block::MountStatus::Spec row;
    row.mutable_spec()->set_volume_id(volume.label);
    row.mutable_spec()->set_secure(true);
    row.mutable_spec()->set_no_exec(!volume.programs);
    row.mutable_spec()->add_requesters("machined");
    row.set_source(volume.device);
    row.set_target(volume.target);
    row.set_filesystem(enums::FILESYSTEM_TYPE_XFS);
    rows.Add(volume.label, std::move(row));
  }
  return rows;
}

}  // namespace ichor
