#include "machined/volumes/wish.h"

#include <algorithm>
#include <format>
#include <optional>
#include <string_view>
#include <utility>

#include "config/block.pb.h"
#include "lib/base/status.h"
#include "lib/config/size_text.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;
using Document = config::v1alpha1::VolumeConfig;

constexpr std::uint64_t kMetaBytes = std::uint64_t{1} << 20U;
constexpr const char* kLinuxData = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";

const Document* FindVolume(const config::Config& config, std::string_view name) {
  for (const Document* const document : config.All<Document>()) {
    if (document->name() == name) {
      return document;
    }
  }
  return nullptr;
}

// Texts that are no sizes were refused with the config.
std::uint64_t MinBytes(const Document& document) {
  const std::string& text = document.provisioning().min_size();
  return text.empty() ? disk::kMinVolumeBytes
                      : static_cast<std::uint64_t>(config::ParseSize(text).value_or(0));
}

disk::VolumeSize SizeOf(const Document& document) {
  disk::VolumeSize size{.min_bytes = MinBytes(document)};
  if (document.provisioning().has_grow()) {
    size.grow = document.provisioning().grow();
  }
  const std::string& most = document.provisioning().max_size();
  size.max_percent = config::ParsePercent(most);
  const std::optional<std::int64_t> bytes = config::ParseSize(most);
  if (bytes.has_value() && *bytes < 0) {
    size.left_free_bytes = static_cast<std::uint64_t>(-*bytes);
  } else if (bytes.has_value() && *bytes > 0) {
    size.max_bytes = static_cast<std::uint64_t>(*bytes);
  }
  return size;
}

absl::Status Refused(std::string_view label, std::string_view field, std::string_view why) {
  return absl::FailedPreconditionError(
      std::format("VolumeConfig {0}: {1}: {2}, and a volume that is there is not made anew: reset "
                  "{0} first",
                  label, field, why));
}

// What a running node's volume can follow of sizes and selector.
struct Provisioning {
  const disk::VolumeSize& size;
  const std::string& disk_expression;
};

absl::Status CheckProvisioning(std::string_view label, const Provisioning& before,
                               const Provisioning& after, std::uint64_t bytes) {
  const std::string has = std::format("{} has {} bytes", label, bytes);
  if (after.disk_expression != before.disk_expression) {
    return Refused(label, "provisioning.diskSelector.match", "it changes");
  }
  if (after.size.min_bytes != before.size.min_bytes && after.size.min_bytes > bytes) {
    return Refused(label, "provisioning.minSize", has);
  }
  if (after.size.max_bytes != before.size.max_bytes &&
      after.size.max_bytes.value_or(bytes) < bytes) {
    return Refused(label, "provisioning.maxSize", has);
  }
  return absl::OkStatus();
}

const VolumeWish* FindWish(const std::vector<VolumeWish>& wishes, std::string_view label) {
  const auto wish =
      std::ranges::find(wishes, label, [](const auto& one) { return one.place.label; });
  return wish == wishes.end() ? nullptr : &*wish;
}

// Of a volume that may be a directory or a partition, and is what its row says.
absl::Status CheckBacking(const VolumePlace& place, const std::vector<VolumeWish>& before,
                          const std::vector<VolumeWish>& after,
                          const All<block::VolumeStatus>& volumes) {
  const auto row = volumes.find(place.label);
  if (row == volumes.end() || row->spec().phase() != enums::VOLUME_PHASE_READY) {
    return absl::OkStatus();
  }
  const VolumeWish* const wish = FindWish(after, place.label);
  const bool partition = row->spec().type() == enums::VOLUME_TYPE_PARTITION;
  if (partition != (wish != nullptr)) {
    return absl::FailedPreconditionError(std::format(
        "VolumeConfig {}: provisioning: the volume is a {}, and stays one while the node has it",
        place.label, partition ? "partition" : "directory of EPHEMERAL"));
  }
  const VolumeWish* const old_wish = FindWish(before, place.label);
  if (wish == nullptr || old_wish == nullptr) {
    return absl::OkStatus();
  }
  return CheckProvisioning(
      place.label, {.size = old_wish->size, .disk_expression = old_wish->disk_expression},
      {.size = wish->size, .disk_expression = wish->disk_expression}, row->spec().size());
}

block::VolumeConfig::Spec Partition(const std::string& label, std::uint64_t min_bytes,
                                    std::uint64_t max_bytes) {
  block::VolumeConfig::Spec spec;
  spec.set_type(enums::VOLUME_TYPE_PARTITION);
  auto& partition = *spec.mutable_provisioning()->mutable_partition_spec();
  partition.set_label(label);
  partition.set_type_uuid(kLinuxData);
  partition.set_min_size(min_bytes);
  partition.set_max_size(max_bytes);
  spec.mutable_locator();
  return spec;
}

void AddFileSystem(const std::string& label, const std::string& target,
                   block::VolumeConfig::Spec& spec) {
  auto& system = *spec.mutable_provisioning()->mutable_filesystem_spec();
  system.set_type(enums::FILESYSTEM_TYPE_XFS);
  system.set_label(label);
  spec.mutable_mount()->set_target_path(target);
  spec.mutable_mount()->set_secure(true);
}

block::VolumeConfig::Spec PartitionRow(const std::string& label, const std::string& target,
                                       const disk::VolumeSize& size, bool secure) {
  block::VolumeConfig::Spec spec = Partition(label, size.min_bytes, size.max_bytes.value_or(0));
  AddFileSystem(label, target, spec);
  auto& partition = *spec.mutable_provisioning()->mutable_partition_spec();
  partition.set_grow(size.grow);
  if (size.max_percent.has_value()) {
    partition.set_relative_max_size(static_cast<std::uint64_t>(*size.max_percent));
  }
  if (size.left_free_bytes > 0) {
    partition.set_max_size(size.left_free_bytes);
    partition.set_negative_max_size(true);
  }
  spec.mutable_mount()->set_secure(secure);
  return spec;
}

// A partition, or without a wish a directory.
block::VolumeConfig::Spec RowBelowVar(const VolumePlace& place, const VolumeWish* wish) {
  const std::string target = std::format("/var/{}", place.path);
  block::VolumeConfig::Spec spec;
  if (wish != nullptr) {
    spec = PartitionRow(std::string(place.label), target, wish->size, wish->secure);
    spec.mutable_mount()->set_no_exec(!place.programs);
  } else {
    spec.set_type(enums::VOLUME_TYPE_DIRECTORY);
    spec.mutable_mount()->set_target_path(target);
  }
  spec.set_parent_id(std::string(disk::kEphemeral));
  return spec;
}

}  // namespace

EphemeralWish EphemeralWishOf(const config::Config& config) {
  const Document* const document = FindVolume(config, disk::kEphemeral);
  if (document == nullptr) {
    return {};
  }
  return {.size = SizeOf(*document),
          .secure = !document->mount().has_secure() || document->mount().secure(),
          .access_times = !document->mount().disable_access_time(),
          .disk_expression = document->provisioning().disk_selector().match()};
}

std::vector<VolumeWish> VolumeWishesOf(const config::Config& config) {
  std::vector<VolumeWish> wishes;
  for (const VolumePlace& place : kVolumePlaces) {
    const Document* const document = FindVolume(config, place.label);
    if (document == nullptr || !document->has_provisioning()) {
      continue;
    }
    VolumeWish wish{.place = place,
                    .size = SizeOf(*document),
                    .secure = !document->mount().has_secure() || document->mount().secure(),
                    .access_times = !document->mount().disable_access_time(),
                    .disk_expression = document->provisioning().disk_selector().match()};
    wish.size.grow = document->provisioning().grow();  // unlike EPHEMERAL it does not by default
    wishes.push_back(std::move(wish));
  }
  return wishes;
}

std::vector<disk::NewVolume> NewVolumesOf(const config::Config& config,
                                          const std::vector<std::string>& labels) {
  std::vector<disk::NewVolume> volumes;
  for (const VolumeWish& wish : VolumeWishesOf(config)) {
    if (std::ranges::contains(labels, wish.label())) {
      volumes.push_back({.label = wish.label(), .size = wish.size});
    }
  }
  return volumes;
}

absl::Status CheckVolumeChange(const config::Config& before, const config::Config& after,
                               const All<block::VolumeStatus>& volumes) {
  const std::vector<VolumeWish> old_wishes = VolumeWishesOf(before);
  const std::vector<VolumeWish> wishes = VolumeWishesOf(after);
  for (const VolumePlace& place : kVolumePlaces) {
    RETURN_IF_ERROR(CheckBacking(place, old_wishes, wishes, volumes));
  }
  const auto row = volumes.find(disk::kEphemeral);
  if (row == volumes.end() || row->spec().size() == 0) {
    return absl::OkStatus();
  }
  const EphemeralWish old_wish = EphemeralWishOf(before);
  const EphemeralWish wish = EphemeralWishOf(after);
  return CheckProvisioning(
      disk::kEphemeral, {.size = old_wish.size, .disk_expression = old_wish.disk_expression},
      {.size = wish.size, .disk_expression = wish.disk_expression}, row->spec().size());
}

absl::StatusOr<Desired<block::VolumeConfig>> StateVolumes(
    const All<config::MachineConfig>& configs) {
  const std::optional<config::Config> config = ActiveConfig(configs);
  Desired<block::VolumeConfig> rows;
  const std::string meta(disk::kMeta);
  rows.Add(meta, Partition(meta, kMetaBytes, kMetaBytes));
  const std::string state(disk::kState);
  block::VolumeConfig::Spec row = Partition(state, disk::kStateBytes, disk::kStateBytes);
  AddFileSystem(state, "/system/state", row);
  row.mutable_mount()->set_no_exec(true);
  rows.Add(state, std::move(row));
  const EphemeralWish ephemeral = config.has_value() ? EphemeralWishOf(*config) : EphemeralWish{};
  const std::string label(disk::kEphemeral);
  rows.Add(label, PartitionRow(label, "/var", ephemeral.size, ephemeral.secure));
  const auto wishes = config.has_value() ? VolumeWishesOf(*config) : std::vector<VolumeWish>{};
  for (const VolumePlace& place : kVolumePlaces) {
    rows.Add(std::string(place.label), RowBelowVar(place, FindWish(wishes, place.label)));
  }
  return rows;
}

}  // namespace ichor
