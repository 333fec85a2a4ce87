#include "machined/sources/labelled.h"

#include <algorithm>
#include <format>

namespace ichor {

absl::StatusOr<block::DiscoveredVolume::Spec> FindLabelled(Runtime& runtime,
                                                           const std::vector<std::string>& labels) {
  const auto statuses = runtime.Read<block::DiscoveredVolumesStatus>();
  if (statuses.empty() || !statuses.front().spec().ready()) {
    return absl::UnavailableError("not all disks were looked at yet");
  }
  for (const auto& row : runtime.Read<block::DiscoveredVolume>()) {
    const block::DiscoveredVolume::Spec& volume = row.spec();
    const bool labelled = std::ranges::contains(labels, volume.label()) ||
                          std::ranges::contains(labels, volume.partition_label());
    if (labelled && !volume.name().empty()) {
      return volume;
    }
  }
  return absl::NotFoundError(std::format("no volume is labelled {}", labels.front()));
}

}  // namespace ichor
