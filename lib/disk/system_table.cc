#include "lib/disk/system_table.h"

#include <algorithm>
#include <format>
#include <string>
#include <utility>

#include "lib/base/status.h"

namespace ichor::disk {
namespace {

const Guid& LinuxData() {
  static const Guid kGuid = KnownGuid("0fc63daf-8483-4772-8e79-3d69d8477de4");
  return kGuid;
}

constexpr std::uint64_t kAcceptedMark = std::uint64_t{1} << 48U;
constexpr std::uint64_t kBlankMark = std::uint64_t{1} << 49U;
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

std::uint64_t BytesOf(const EphemeralSize& size, std::uint64_t room, const Geometry& geometry) {
  constexpr double kWhole = 100;
  std::uint64_t bytes = room - std::min(room, size.left_free_bytes);
  if (size.max_bytes.has_value()) {
    bytes = std::min(bytes, *size.max_bytes);
  }
  if (size.max_percent.has_value()) {
    const double most = static_cast<double>(geometry.size_bytes) / kWhole * *size.max_percent;
    bytes = std::min(bytes, static_cast<std::uint64_t>(most));
  }
  return bytes / kAlignment * kAlignment;
}

absl::Status AddEphemeral(const EphemeralSize& size, const NewGuid& new_guid,
                          PartitionTable& table) {
  if (Has(table, kEphemeral)) {
    return absl::OkStatus();
  }
  const Geometry& disk = table.geometry();
  const std::uint64_t bytes = BytesOf(size, table.LargestGap(), disk);
  if (bytes == 0 || bytes < size.min_bytes / kAlignment * kAlignment) {
    const std::uint64_t missing = size.min_bytes - std::min(size.min_bytes, bytes);
    return absl::ResourceExhaustedError(
        std::format("the disk has {} MiB, expected {} MiB at least: of them EPHEMERAL takes {}",
                    disk.size_bytes / kAlignment, (disk.size_bytes + missing) / kAlignment,
                    size.min_bytes / kAlignment));
  }
  return table.Add(std::string(kEphemeral), LinuxData(), new_guid(), bytes).status();
}

}  // namespace

absl::StatusOr<PartitionTable> WithSystemPartitions(PartitionTable table, const NewGuid& new_guid,
                                                    const EphemeralSize& size,
                                                    EphemeralPlace place) {
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
  if (place == EphemeralPlace::kHere && !IsEphemeralElsewhere(table)) {
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
                                              const NewGuid& new_guid, const EphemeralSize& size) {
  PartitionTable table(geometry, EphemeralDiskOf(system));
  RETURN_IF_ERROR(AddEphemeral(size, new_guid, table));
  SetBlank(kEphemeral, true, table);
  return table;
}

PartitionTable WithGrownEphemeral(PartitionTable table, const EphemeralSize& size) {
  const auto ephemeral = table.Find(kEphemeral);
  if (!ephemeral.ok() || !size.grow) {
    return table;
  }
  const std::uint64_t bytes = BytesOf(size, table.RoomOf(ephemeral->number), table.geometry());
  if (bytes > ephemeral->size_bytes) {
    table.SetSize(ephemeral->number, bytes);
  }
  return table;
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
  return partition.ok() && (partition->attributes & kBlankMark) != 0;
}

void SetBlank(std::string_view label, bool blank, PartitionTable& table) {
  if (const auto partition = table.Find(label); partition.ok()) {
    const std::uint64_t others = partition->attributes & ~kBlankMark;
    table.SetAttributes(partition->number, blank ? others | kBlankMark : others);
  }
}

}  // namespace ichor::disk
