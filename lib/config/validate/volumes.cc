#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "config/block.pb.h"
#include "lib/config/size_text.h"
#include "lib/config/validate/dispatch.h"
#include "lib/config/validate/expression.h"
#include "lib/config/validate/rules.h"

namespace ichor::config {
namespace {

using v1alpha1::ExistingVolumeConfig;
using v1alpha1::ExternalVolumeConfig;
using v1alpha1::RawVolumeConfig;
using v1alpha1::SwapVolumeConfig;
using v1alpha1::UserVolumeConfig;
using v1alpha1::VolumeConfig;
using v1alpha1::VolumeEncryption;
using v1alpha1::VolumeProvisioning;

void CheckVolumeName(Checker& checker, std::string_view name) {
  constexpr size_t kLongest = 34;  // a GPT label of 36 characters without the prefix "u-"
  const auto allowed = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
  };
  if (name.empty()) return;  // said already
  if (name.size() > kLongest) checker.Error("name", Cat("longer than ", kLongest, " characters"));
  if (!std::ranges::all_of(name, allowed)) {
    checker.Error("name", "only letters, digits and '-' are allowed");
  }
}

void CheckProvisioning(Checker& checker, const VolumeProvisioning& provisioning) {
  CheckExpression(checker, "provisioning.diskSelector.match", provisioning.disk_selector().match(),
                  Subject::kDisk);
  CheckSizes(checker, "provisioning", provisioning.min_size(), provisioning.max_size());
}

void CheckPartition(Checker& checker, const VolumeProvisioning& provisioning) {
  if (provisioning.disk_selector().match().empty()) {
    checker.Error("provisioning.diskSelector.match", "required");
  }
  if (provisioning.min_size().empty() && provisioning.max_size().empty()) {
    checker.Error("provisioning", "minSize or maxSize is required");
  }
}

void CheckKeys(Checker& checker, const VolumeEncryption& encryption) {
  constexpr int kLastPcr = 23;
  std::set<std::int64_t> slots;
  for (int i = 0; i < encryption.keys_size(); ++i) {
    const auto& key = encryption.keys(i);
    const std::string path = Cat("encryption.keys[", i, "]");
    if (!slots.insert(key.slot()).second) {
      checker.Error(Cat(path, ".slot"), Cat("duplicate key slot ", key.slot()));
    }
    if (!key.has_static_() && !key.has_node_id() && !key.has_kms() && !key.has_tpm()) {
      checker.Error(path, "a key needs one of static, nodeID, kms and tpm");
    }
    const auto& pcrs = key.tpm().options().pcrs();
    for (int j = 0; j < pcrs.size(); ++j) {
      if (pcrs[j] >= 0 && pcrs[j] <= kLastPcr) continue;
      checker.Error(Cat(path, ".tpm.options.pcrs[", j, "]"), "must be from 0 to 23");
    }
  }
}

template <class Volume>
void CheckEncryption(Checker& checker, const Volume& config) {
  if (config.encryption().ByteSizeLong() == 0) return;
  const VolumeEncryption& encryption = config.encryption();
  if (encryption.provider() != "luks2") {
    checker.Error("encryption.provider", "only luks2 is supported", "set provider: luks2");
  }
  if (encryption.keys_size() == 0) checker.Error("encryption.keys", "no encryption keys");
  CheckKeys(checker, encryption);
}

void CheckSystemVolume(Checker& checker, const VolumeConfig& config) {
  constexpr std::array<std::string_view, 7> kNames = {"STATE", "EPHEMERAL", "IMAGECACHE", "ETCD",
                                                      "CRI",   "KUBELET",   "LOG"};
  const std::string& name = config.name();
  if (!name.empty() && !std::ranges::contains(kNames, name)) {
    checker.Error("name", Cat("\"", name, "\" is no system volume"),
                  "one of STATE, EPHEMERAL, IMAGECACHE, ETCD, CRI, KUBELET, LOG");
  }
  if (name == "STATE") {
    if (config.has_provisioning()) checker.Error("provisioning", "not supported for STATE");
    if (config.has_mount()) checker.Error("mount", "not supported for STATE");
    for (int i = 0; i < config.encryption().keys_size(); ++i) {
      if (!config.encryption().keys(i).lock_to_state()) continue;
      checker.Error(Cat("encryption.keys[", i, "].lockToState"),
                    "STATE cannot be locked to itself");
    }
  }
  if (name == "IMAGECACHE") {
    if (config.has_mount()) checker.Error("mount", "not supported for IMAGECACHE");
    if (config.has_filesystem()) checker.Error("filesystem", "not supported for IMAGECACHE");
  }
  const bool directory = name == "ETCD" || name == "CRI" || name == "KUBELET" || name == "LOG";
  if (directory && config.has_mount() && !config.has_provisioning()) {
    checker.Error("mount", "needs provisioning");
  }
  CheckProvisioning(checker, config.provisioning());
  CheckEncryption(checker, config);
}

void CheckDirectory(Checker& checker, const UserVolumeConfig& config) {
  const std::string_view reason = "not supported for a directory";
  if (config.has_provisioning()) checker.Error("provisioning", std::string(reason));
  if (config.has_encryption()) checker.Error("encryption", std::string(reason));
  if (config.has_filesystem()) checker.Error("filesystem", std::string(reason));
  if (config.mount().has_disable_access_time()) {
    checker.Error("mount.disableAccessTime", std::string(reason));
  }
}

void CheckDisk(Checker& checker, const VolumeProvisioning& provisioning) {
  if (provisioning.disk_selector().match().empty()) {
    checker.Error("provisioning.diskSelector.match", "required");
  }
  if (!provisioning.min_size().empty() || !provisioning.max_size().empty() ||
      provisioning.has_grow()) {
    checker.Error("provisioning", "a whole disk has no minSize, maxSize or grow");
  }
}

void CheckFilesystem(Checker& checker, const UserVolumeConfig& config) {
  const auto& filesystem = config.filesystem();
  const std::string_view type = filesystem.type();
  const bool xfs = type.empty() || type == "xfs";
  if (!xfs && type != "ext4" && type != "btrfs") {
    checker.Error("filesystem.type", Cat("\"", type, "\" is not supported"),
                  "one of xfs, ext4, btrfs");
  }
  if (!xfs && filesystem.project_quota_support()) {
    checker.Error("filesystem.projectQuotaSupport", "only supported by xfs");
  }
  if (!xfs && filesystem.has_xfs()) checker.Error("filesystem.xfs", "only supported by xfs");
}

void CheckUserVolume(Checker& checker, const UserVolumeConfig& config) {
  CheckVolumeName(checker, config.name());
  const std::string_view type = config.volume_type();
  if (type == "directory") return CheckDirectory(checker, config);
  if (type == "disk") {
    CheckDisk(checker, config.provisioning());
  } else if (type.empty() || type == "partition") {
    CheckPartition(checker, config.provisioning());
  } else {
    checker.Error("volumeType", Cat("\"", type, "\" is not supported"),
                  "one of partition, disk, directory");
  }
  CheckProvisioning(checker, config.provisioning());
  CheckFilesystem(checker, config);
  CheckEncryption(checker, config);
}

template <class Volume>
void CheckPartitionVolume(Checker& checker, const Volume& config) {
  CheckVolumeName(checker, config.name());
  CheckPartition(checker, config.provisioning());
  CheckProvisioning(checker, config.provisioning());
  CheckEncryption(checker, config);
}

void CheckExisting(Checker& checker, const ExistingVolumeConfig& config) {
  CheckVolumeName(checker, config.name());
  RequireExpression(checker, "discovery.volumeSelector.match",
                    config.discovery().volume_selector().match(), Subject::kVolume);
}

void CheckExternal(Checker& checker, const ExternalVolumeConfig& config) {
  CheckVolumeName(checker, config.name());
  if (config.filesystem_type() != "virtiofs") {
    return checker.Error("filesystemType", "only virtiofs is supported", "virtiofs");
  }
  checker.Require("mount.virtiofs.tag", config.mount().virtiofs().tag());
}

}  // namespace

void CheckVolumes(Checker& checker) {
  Dispatch(checker, CheckSystemVolume, CheckUserVolume, CheckPartitionVolume<RawVolumeConfig>,
           CheckPartitionVolume<SwapVolumeConfig>, CheckExisting, CheckExternal);
}

}  // namespace ichor::config
