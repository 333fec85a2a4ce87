#include "machined/config/plan.h"

#include <format>

#include "config/legacy.pb.h"
#include "lib/config/diff.h"
#include "machined/volumes/wish.h"

namespace ichor {
namespace {

using config::v1alpha1::LegacyConfig;

std::string TypeOf(const config::Config& config) {
  const LegacyConfig* const legacy = config.Get<LegacyConfig>();
  return legacy == nullptr ? "" : std::string(legacy->machine().type());
}

}  // namespace

std::vector<std::string> RebootReasons(const config::Config& before, const config::Config& after) {
  std::vector<std::string> reasons;
  if (TypeOf(before) != TypeOf(after)) {
    reasons.push_back(
        std::format("machine.type changes from {} to {}", TypeOf(before), TypeOf(after)));
  }
  const EphemeralWish old_wish = EphemeralWishOf(before);
  const EphemeralWish wish = EphemeralWishOf(after);
  if (old_wish.secure != wish.secure || old_wish.access_times != wish.access_times) {
    reasons.emplace_back("VolumeConfig EPHEMERAL: mount changes");
  }
  for (const VolumeWish& old_volume : VolumeWishesOf(before)) {
    for (const VolumeWish& volume : VolumeWishesOf(after)) {
      if (volume.label() == old_volume.label() &&
          (volume.secure != old_volume.secure || volume.access_times != old_volume.access_times)) {
        reasons.push_back(std::format("VolumeConfig {}: mount changes", volume.label()));
      }
    }
  }
  return reasons;
}

std::vector<std::string> DescribeChanges(const config::Config* before,
                                         const config::Config& after) {
  std::vector<std::string> lines;
  if (before == nullptr) {
    return lines;
  }
  for (const config::Change& change : config::Diff(*before, after)) {
    lines.push_back(std::format("{}: {} -> {}", change.path, change.before.value_or("(none)"),
                                change.after.value_or("(none)")));
  }
  return lines;
}

bool IsComplete(const config::Config& config) {
  return config.Get<LegacyConfig>() != nullptr;
}

}  // namespace ichor
