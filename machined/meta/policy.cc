#include "machined/meta/policy.h"

#include <algorithm>

namespace ichor {

std::optional<std::string> FindMeta(const All<block::SystemDisk>& disks,
                                    const All<block::DiscoveredVolume>& volumes) {
  if (disks.empty()) {
    return std::nullopt;
  }
  const std::string& disk = disks.front().spec().disk_id();
  const auto found = std::ranges::find_if(volumes, [&](const Row<block::DiscoveredVolume>& row) {
    return row.spec().parent() == disk && row.spec().partition_label() == "META";
  });
  return found == volumes.end() ? std::nullopt : std::optional(found->spec().dev_path());
}

}  // namespace ichor
