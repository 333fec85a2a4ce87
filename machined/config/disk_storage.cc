#include "machined/config/disk_storage.h"

#include <algorithm>
#include <array>
#include <format>
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
                                 const VolumesHere& here) {
  ASSIGN_OR_RETURN(const config::Config config, config::Load("", text));
  state_error_ = volumes_.MakeState(disk, EphemeralWishOf(config).size, here.ephemeral,
                                    NewVolumesOf(config, here.labels));
  RETURN_IF_ERROR(state_error_);
  RETURN_IF_ERROR(identity_.Repair().status());
  return files_.Save(text, std::nullopt);
}

// The other disk's first boot finds the config there, and makes EPHEMERAL.
absl::Status DiskStorage::Install(const std::string& disk, const std::string& target,
                                  const std::string& text, const VolumesHere& here) {
  ASSIGN_OR_RETURN(const config::Config config, config::Load("", text));
  ASSIGN_OR_RETURN(KernelArguments arguments, KernelArgumentsOf(config));
  const Installer::Wish wish{.size = EphemeralWishOf(config).size,
                             .place = here.ephemeral,
                             .volumes = NewVolumesOf(config, here.labels),
                             .arguments = std::move(arguments.words)};
  RETURN_IF_ERROR(mounts_.Unmount(volumes_.places().state));  // of an attempt that failed
  RETURN_IF_ERROR(disk.empty() ? installer_.Build(target, wish)
                               : installer_.Copy(disk, target, wish));
  // The first time udevd may just have the kernel read the new table.
  const auto make = [&] { return volumes_.MakeState(target, wish.size, wish.place, wish.volumes); };
  const absl::Status made = make();
  RETURN_IF_ERROR(made.ok() ? made : make());
  RETURN_IF_ERROR(files_.Save(text, std::nullopt));
  RETURN_IF_ERROR(mounts_.Unmount(volumes_.places().state));
  RETURN_IF_ERROR(volumes_.MarkInstalled(target));
  return installer_.BootFrom(target);
}

// Who sees EPHEMERAL sees all that belongs below it: nothing is written to a directory that its
// volume hides later.
absl::Status DiskStorage::Finish(const std::string& disk, const OtherDisks& others) {
  const std::string& ephemeral = volumes_.places().ephemeral;
  const bool was_there = mounts_.IsMounted(ephemeral).value_or(false);
  absl::Status finished = FinishWith(disk, others);
  if (!finished.ok() && !was_there) {
    finished.Update(mounts_.UnmountWith(ephemeral));
  }
  return finished;
}

absl::Status DiskStorage::FinishWith(const std::string& disk, const OtherDisks& others) {
  const std::optional<config::Config> config = SavedConfig();
  ephemeral_error_ = volumes_.MountEphemeral(
      disk, config.has_value() ? EphemeralWishOf(*config) : EphemeralWish{}, others);
  RETURN_IF_ERROR(ephemeral_error_);
  RETURN_IF_ERROR(volumes_.own().Mount(
      disk, config.has_value() ? VolumeWishesOf(*config) : std::vector<VolumeWish>{}, others));
  RETURN_IF_ERROR(MakeEphemeralDirectories(volumes_.places().ephemeral));
  return volumes_.MarkAccepted(disk);
}

absl::StatusOr<std::string> DiskStorage::Identity() {
  return identity_.ReadOrMake();
}

// A config that cannot be read was told of when it was looked for.
std::optional<config::Config> DiskStorage::SavedConfig() const {
  const auto saved = files_.Read();
  const std::string text = saved.ok() ? saved->current.value_or("") : "";
  auto config = config::Load("", text);
  return text.empty() || !config.ok() ? std::nullopt : std::optional(*std::move(config));
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
  const bool mounted = !volumes.back().target.empty();
  for (const VolumePlace& place : kVolumePlaces) {
    volumes.push_back(DescribeBelowVar(place, mounted));
  }
  return volumes;
}

// `mounted`: EPHEMERAL is.
SystemVolume DiskStorage::DescribeBelowVar(const VolumePlace& place, bool mounted) const {
  SystemVolume described{.label = std::string(place.label), .programs = place.programs};
  const auto& all = volumes_.own().volumes();
  const auto found = std::ranges::find(
      all, place.label, [](const OwnVolumes::Volume& volume) { return volume.wish.place.label; });
  if (found == all.end()) {
    described.directory = true;
    described.target = mounted ? std::format("{}/{}", volumes_.places().ephemeral, place.path) : "";
    return described;
  }
  described.problem = base::MessageOf(found->error);
  if (found->error.ok() && !found->growth_error.ok()) {
    described.problem = std::format("it does not grow: {}", base::MessageOf(found->growth_error));
  }
  if (found->partition.number == 0) {
    return described;
  }
  described.device = PartitionPath(found->disk, found->partition.number);
  described.disk = found->disk;
  described.number = found->partition.number;
  described.partition_uuid = disk::ToText(found->partition.id);
  described.size_bytes = found->partition.size_bytes;
  described.target = mounts_.IsMounted(found->target).value_or(false) ? found->target : "";
  return described;
}

SystemVolume DiskStorage::Describe(const std::string& disk, const disk::PartitionTable& table,
                                   std::string_view label) const {
  const auto partition = table.Find(label);
  if (!partition.ok()) {
    return {.label = std::string(label), .problem = ProblemOf(label)};
  }
  return {.label = std::string(label),
          .programs = label == disk::kEphemeral,
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
