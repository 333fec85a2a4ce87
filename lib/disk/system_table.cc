#include "lib/disk/system_table.h"

#include <algorithm>
#include <format>
#include <string>
#include <utility>

#include "lib/base/status.h"

namespace ichor::disk {
namespace {

constexpr std::uint64_t kAcceptedMark = std::uint64_t{1} << 48U;
// 49 is that of blank ones.
constexpr std::uint64_t kElsewhereMark = std::uint64_t{1} << 50U;

bool IsMarked(const PartitionTable& table, std::uint64_t mark) {
  const auto state = table.Find(kState);
  return state.ok() && (state->attributes & mark) != 0;
}

absl::Status Mark(std::uint64_t mark, PartitionTable& table) {
  ASSIGN_OR_RETURN(const Partition state, table.Find(kState));
  table.SetAttributes(state.number, state.attributes | mark);
  return absl::OkStatus();
}

bool Has(const PartitionTable& table, std::string_view label) {
  return table.Find(label).ok();
}

absl::Status AddIfMissing(std::string_view label, std::uint64_t bytes, const NewGuid& new_guid,
                          PartitionTable& table) {
  if (Has(table, label)) {
    return absl::OkStatus();
  }
  return table.Add(std::string(label), LinuxData(), new_guid(), bytes).status();
}

absl::Status AddEphemeral(const VolumeSize& size, const NewGuid& new_guid, PartitionTable& table) {
  if (Has(table, kEphemeral)) {
    return absl::OkStatus();
  }
  const Geometry& disk = table.geometry();
  const std::uint64_t bytes = BytesWithin(size, table.LargestGap(), disk);
  if (bytes == 0 || bytes < size.min_bytes / kAlignment * kAlignment) {
    const std::uint64_t missing = size.min_bytes - std::min(size.min_bytes, bytes);
    return absl::ResourceExhaustedError(
        std::format("the disk has {} MiB, expected {} MiB at least: of them EPHEMERAL takes {}",
                    disk.size_bytes / kAlignment, (disk.size_bytes + missing) / kAlignment,
                    size.min_bytes / kAlignment));
  }
  return table.Add(std::string(kEphemeral), LinuxData(), new_guid(), bytes).status();
}

// Before EPHEMERAL, which has the end of the disk, to grow there.
absl::Status AddVolumes(const std::vector<NewVolume>& volumes, std::uint64_t ephemeral_bytes,
                        PartitionTable& table) {
  std::uint64_t later = ephemeral_bytes;
  std::vector<NewVolume> missing;
  for (const NewVolume& volume : volumes) {
    if (!FindVolume(table, table.disk(), volume.label).has_value()) {
      missing.push_back(volume);
      later += volume.size.min_bytes;
    }
  }
  for (const NewVolume& volume : missing) {
    later -= volume.size.min_bytes;
    const absl::Status added =
        AddVolume(volume, table.disk(), {.bytes = later, .rest = ephemeral_bytes > 0}, table);
    if (!added.ok()) {
      return absl::Status(added.code(), std::format("the disk {}", base::MessageOf(added)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PartitionTable> WithSystemPartitions(PartitionTable table, const NewGuid& new_guid,
                                                    const VolumeSize& size, EphemeralPlace place,
                                                    const std::vector<NewVolume>& volumes) {
  for (const std::string_view label : {kEfi, kRootA, kMeta}) {
    if (!Has(table, label)) {
      return absl::InvalidArgumentError(std::format("the disk does not hold the image: {}",
                                                    base::MessageOf(table.Find(label).status())));
    }
  }
  ASSIGN_OR_RETURN(const Partition root, table.Find(kRootA));
  if (!Has(table, kRootB) && !Has(table, kState) && !Has(table, kEphemeral)) {
    table.set_disk(new_guid());
    for (const Partition& partition : table.partitions()) {
      table.SetId(partition.number, new_guid());
    }
  }
  RETURN_IF_ERROR(AddIfMissing(kRootB, root.size_bytes, new_guid, table));
  RETURN_IF_ERROR(AddIfMissing(kState, kStateBytes, new_guid, table));
  const bool here = place == EphemeralPlace::kHere && !IsEphemeralElsewhere(table);
  RETURN_IF_ERROR(AddVolumes(volumes, here && !Has(table, kEphemeral) ? size.min_bytes : 0, table));
  if (here) {
    RETURN_IF_ERROR(AddEphemeral(size, new_guid, table));
  } else if (const auto old = table.Find(kEphemeral);
             old.ok() && place == EphemeralPlace::kElsewhere) {
    table.Remove(old->number);
  }
  return table;
}

Guid EphemeralDiskOf(const Guid& system) {
  Guid guid = system;
  constexpr std::byte kOther{0xff};
  guid[0] ^= kOther;  // random bits in every version
  return guid;
}

absl::StatusOr<PartitionTable> EphemeralTable(const Geometry& geometry, const Guid& system,
                                              const NewGuid& new_guid, const VolumeSize& size) {
  PartitionTable table(geometry, EphemeralDiskOf(system));
  RETURN_IF_ERROR(AddEphemeral(size, new_guid, table));
  SetBlank(kEphemeral, true, table);
  return table;
}

PartitionTable WithGrownEphemeral(PartitionTable table, const VolumeSize& size) {
  const auto ephemeral = table.Find(kEphemeral);
  return ephemeral.ok() ? WithGrownVolume(std::move(table), ephemeral->number, size) : table;
}

bool IsAccepted(const PartitionTable& table) {
  return IsMarked(table, kAcceptedMark);
}

absl::Status MarkAccepted(PartitionTable& table) {
  return Mark(kAcceptedMark, table);
}

bool IsEphemeralElsewhere(const PartitionTable& table) {
  return IsMarked(table, kElsewhereMark);
}

absl::Status MarkEphemeralElsewhere(PartitionTable& table) {
  return Mark(kElsewhereMark, table);
}

void ClearAccepted(PartitionTable& table) {
  if (const auto state = table.Find(kState); state.ok()) {
    table.SetAttributes(state->number, state->attributes & ~(kAcceptedMark | kElsewhereMark));
  }
}

bool IsBlank(const PartitionTable& table, std::string_view label) {
  const auto partition = table.Find(label);
  return partition.ok() && IsBlank(*partition);
}

void SetBlank(std::string_view label, bool blank, PartitionTable& table) {
  if (const auto partition = table.Find(label); partition.ok()) {
    SetBlank(*partition, blank, table);
  }
}

}  // namespace ichor::disk
