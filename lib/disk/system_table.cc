#include "lib/disk/system_table.h"

#include <array>
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

absl::Status CheckEphemeral(const PartitionTable& table) {
  ASSIGN_OR_RETURN(const Partition ephemeral, table.Find(kEphemeral));
  if (ephemeral.size_bytes >= kMinEphemeralBytes) {
    return absl::OkStatus();
  }
  const std::uint64_t missing = kMinEphemeralBytes - ephemeral.size_bytes;
  return absl::ResourceExhaustedError(std::format(
      "the disk has {} MiB, expected {} MiB at least: of them EPHEMERAL takes {}",
      table.geometry().size_bytes / kAlignment,
      (table.geometry().size_bytes + missing) / kAlignment, kMinEphemeralBytes / kAlignment));
}

}  // namespace

absl::StatusOr<PartitionTable> WithSystemPartitions(PartitionTable table, const NewGuid& new_guid) {
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
  RETURN_IF_ERROR(AddIfMissing(kEphemeral, 0, new_guid, table));
  RETURN_IF_ERROR(CheckEphemeral(table));
  return table;
}

bool IsAccepted(const PartitionTable& table) {
  const auto state = table.Find(kState);
  return state.ok() && (state->attributes & kAcceptedMark) != 0;
}

absl::Status MarkAccepted(PartitionTable& table) {
  ASSIGN_OR_RETURN(const Partition state, table.Find(kState));
  table.SetAttributes(state.number, state.attributes | kAcceptedMark);
  return absl::OkStatus();
}

}  // namespace ichor::disk
