// Upkeep of filesystems, swap in memory, arrays and logical volumes.
#include <algorithm>
#include <string_view>

#include "absl/strings/ascii.h"
#include "config/block.pb.h"
#include "config/storage.pb.h"
#include "lib/config/validate/dispatch.h"
#include "lib/config/validate/expression.h"
#include "lib/config/validate/rules.h"

namespace ichor::config {
namespace {

using v1alpha1::FilesystemScrubConfig;
using v1alpha1::FilesystemTrimConfig;
using v1alpha1::LVMLogicalVolumeConfig;
using v1alpha1::LVMVolumeGroupConfig;
using v1alpha1::RAIDArrayConfig;
using v1alpha1::ZswapConfig;

void CheckName(Checker& checker, std::string_view name, size_t longest) {
  const auto allowed = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  };
  if (name.size() > longest) checker.Error("name", Cat("longer than ", longest, " characters"));
  if (!std::ranges::all_of(name, allowed)) {
    checker.Error("name", "only letters, digits, '-' and '_' are allowed");
  }
}

constexpr size_t kLongestVolumeName = 63;

void CheckGroup(Checker& checker, const LVMVolumeGroupConfig& config) {
  CheckName(checker, config.name(), kLongestVolumeName);
  RequireExpression(checker, "provisioning.volumeSelector.match",
                    config.provisioning().volume_selector().match(), Subject::kVolume);
}

void CheckLogical(Checker& checker, const LVMLogicalVolumeConfig& config) {
  const auto& provisioning = config.provisioning();
  CheckName(checker, config.name(), kLongestVolumeName);
  checker.Require("provisioning.volumeGroup", provisioning.volume_group());
  checker.Require("provisioning.maxSize", provisioning.max_size());
  CheckSizes(checker, "provisioning", provisioning.min_size(), provisioning.max_size());
  const std::string_view type = config.type();
  if (config.has_mirrors() && type != "raid1" && type != "raid10") {
    checker.Error("mirrors", "only supported by raid1 and raid10");
  } else if (config.has_mirrors() && config.mirrors() < 1) {
    checker.Error("mirrors", "must be at least 1");
  }
  if (config.has_stripes() && type != "raid0" && type != "raid10") {
    checker.Error("stripes", "only supported by raid0 and raid10");
  } else if (config.has_stripes() && config.stripes() < 2) {
    checker.Error("stripes", "must be at least 2");
  }
}

void CheckArray(Checker& checker, const RAIDArrayConfig& config) {
  constexpr size_t kLongest = 32;
  CheckName(checker, config.name(), kLongest);
  RequireExpression(checker, "provisioning.volumeSelector.match",
                    config.provisioning().volume_selector().match(), Subject::kVolume);
}

void CheckTrim(Checker& checker, const FilesystemTrimConfig& config) {
  if (config.interval().seconds() < 0) checker.Error("interval", "must not be negative");
}

void CheckScrub(Checker& checker, const FilesystemScrubConfig& config) {
  constexpr std::int64_t kShortest = 10;
  if (config.has_interval() && config.interval().seconds() < kShortest) {
    checker.Error("interval", "must be at least 10s");
  }
}

void CheckZswap(Checker& checker, const ZswapConfig& config) {
  constexpr std::int64_t kMost = 100;
  if (config.max_pool_percent() >= 0 && config.max_pool_percent() <= kMost) return;
  checker.Error("maxPoolPercent", "must be from 0 to 100");
}

}  // namespace

void CheckStorageDocument(Checker& checker) {
  Dispatch(checker, CheckGroup, CheckLogical, CheckArray, CheckTrim, CheckScrub, CheckZswap);
}

}  // namespace ichor::config
