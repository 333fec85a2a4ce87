#include "machined/config/disk_storage.h"

#include <array>
#include <utility>

#include "lib/base/status.h"
#include "lib/config/config.h"
#include "lib/disk/guid.h"
#include "machined/arguments/policy.h"
#include "machined/block/disk_table.h"
#include "machined/volumes/directories.h"
#include "machined/volumes/wish.h"

namespace ichor {

DiskStorage::DiskStorage(SystemVolumes::Doors doors, const SystemVolumes::Places& places,
                         Installer::Doors installer)
    : devices_(doors.devices),
      mounts_(doors.mounts),
      volumes_(std::move(doors), places),
      files_(places.state),
      identity_(places.state),
      installer_(std::move(installer)) {}

absl::StatusOr<ConfigStorage::Opened> DiskStorage::Open(const std::string& disk) {
  const absl::StatusOr<SystemVolumes::Found> looked = volumes_.Open(disk);
  state_error_ = looked.status();
  ASSIGN_OR_RETURN(const SystemVolumes::Found found, looked);
  Opened opened{.accepted = found.accepted};
  if (found.state) {
    absl::StatusOr<SavedConfigs> saved = files_.Read();
    if (!saved.ok() && found.accepted) {
      return absl::DataLossError(saved.status().message());
    }
    opened.saved = saved.ok() ? *std::move(saved) : SavedConfigs{};
  }
  return opened;
}

absl::Status DiskStorage::Accept(const std::string& disk, const std::string& text,
                                 disk::EphemeralPlace place) {
  ASSIGN_OR_RETURN(const config::Config config, config::Load("", text));
  state_error_ = volumes_.MakeState(disk, EphemeralWishOf(config).size, place);
  RETURN_IF_ERROR(state_error_);
  RETURN_IF_ERROR(identity_.Repair().status());
  return files_.Save(text, std::nullopt);
}

// The other disk's first boot finds the config there, and makes EPHEMERAL.
absl::Status DiskStorage::Install(const std::string& disk, const std::string& target,
                                  const std::string& text, disk::EphemeralPlace place) {
  ASSIGN_OR_RETURN(const config::Config config, config::Load("", text));
  ASSIGN_OR_RETURN(KernelArguments arguments, KernelArgumentsOf(config));
  const Installer::Wish wish{.size = EphemeralWishOf(config).size,
                             .place = place,
                             .arguments = std::move(arguments.words)};
  RETURN_IF_ERROR(mounts_.Unmount(volumes_.places().state));  // of an attempt that failed
  RETURN_IF_ERROR(disk.empty() ? installer_.Build(target, wish)
                               : installer_.Copy(disk, target, wish));
  // The first time udevd may just have the kernel read the new table.
  const absl::Status made = volumes_.MakeState(target, wish.size, place);
  RETURN_IF_ERROR(made.ok() ? made : volumes_.MakeState(target, wish.size, place));
  RETURN_IF_ERROR(files_.Save(text, std::nullopt));
  RETURN_IF_ERROR(mounts_.Unmount(volumes_.places().state));
  RETURN_IF_ERROR(volumes_.MarkInstalled(target));
  return installer_.BootFrom(target);
}

absl::Status DiskStorage::Finish(const std::string& disk, const OtherDisks& others) {
  ephemeral_error_ = volumes_.MountEphemeral(disk, SavedWish(), others);
  RETURN_IF_ERROR(ephemeral_error_);
  RETURN_IF_ERROR(MakeEphemeralDirectories(volumes_.places().ephemeral));
  return volumes_.MarkAccepted(disk);
}

absl::StatusOr<std::string> DiskStorage::Identity() {
  return identity_.ReadOrMake();
}

// A config that cannot be read was told of when it was looked for.
EphemeralWish DiskStorage::SavedWish() const {
  const auto saved = files_.Read();
  const std::string text = saved.ok() ? saved->current.value_or("") : "";
  if (text.empty()) {
    return {};
  }
  const auto config = config::Load("", text);
  return config.ok() ? EphemeralWishOf(*config) : EphemeralWish{};
}

absl::Status DiskStorage::Save(const std::string& text, const std::optional<ConfigTrial>& trial) {
  return files_.Save(text, trial);
}

absl::Status DiskStorage::Confirm() {
  return files_.Confirm();
}

absl::Status DiskStorage::Revert() {
  return files_.Revert();
}

absl::Status DiskStorage::Prove() {
  return files_.Prove();
}

absl::Status DiskStorage::Wipe(const std::string& disk, const std::vector<std::string>& labels,
                               bool everything) {
  return volumes_.Wipe(disk, labels, everything);
}

std::vector<SystemVolume> DiskStorage::Volumes(const std::string& disk) {
  std::vector<SystemVolume> volumes;
  const auto table = ReadTable(devices_, disk);
  if (!table.ok()) {
    return volumes;
  }
  for (const std::string_view label : {disk::kMeta, disk::kState, disk::kEphemeral}) {
    volumes.push_back(Describe(disk, *table, label));
  }
  const std::string& other = volumes_.other_disk();
  if (const auto elsewhere = ReadTable(devices_, other); !other.empty() && elsewhere.ok()) {
    volumes.back() = Describe(other, *elsewhere, disk::kEphemeral);
  }
  return volumes;
}

SystemVolume DiskStorage::Describe(const std::string& disk, const disk::PartitionTable& table,
                                   std::string_view label) const {
  const auto partition = table.Find(label);
  if (!partition.ok()) {
    return {.label = std::string(label), .problem = ProblemOf(label)};
  }
  return {.label = std::string(label),
          .device = PartitionPath(disk, partition->number),
          .disk = disk,
          .number = partition->number,
          .partition_uuid = disk::ToText(partition->id),
          .size_bytes = partition->size_bytes,
          .target = TargetOf(label),
          .problem = ProblemOf(label)};
}

std::string DiskStorage::ProblemOf(std::string_view label) const {
  if (label == disk::kState) {
    return std::string(base::MessageOf(state_error_));
  }
  if (label != disk::kEphemeral) {
    return "";
  }
  if (!ephemeral_error_.ok()) {
    return std::string(base::MessageOf(ephemeral_error_));
  }
  const absl::Status& error = volumes_.growth_error();
  return error.ok() ? "" : "it does not grow: " + std::string(base::MessageOf(error));
}

std::string DiskStorage::TargetOf(std::string_view label) const {
  if (label == disk::kMeta) {
    return "";
  }
  const std::string& target =
      label == disk::kState ? volumes_.places().state : volumes_.places().ephemeral;
  return mounts_.IsMounted(target).value_or(false) ? target : "";
}

}  // namespace ichor
