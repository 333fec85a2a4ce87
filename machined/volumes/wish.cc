#include "machined/volumes/wish.h"

#include <format>
#include <optional>
#include <string_view>
#include <utility>

#include "config/block.pb.h"
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
  return text.empty() ? disk::kMinEphemeralBytes
                      : static_cast<std::uint64_t>(config::ParseSize(text).value_or(0));
}

disk::EphemeralSize SizeOf(const Document& document) {
  disk::EphemeralSize size{.min_bytes = MinBytes(document)};
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

absl::Status Refused(std::string_view field, std::string_view why) {
  return absl::FailedPreconditionError(
      std::format("VolumeConfig EPHEMERAL: provisioning.{}: {}, and a volume that is there is not "
                  "made anew: reset EPHEMERAL first",
                  field, why));
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

block::VolumeConfig::Spec EphemeralRow(const EphemeralWish& wish) {
  block::VolumeConfig::Spec spec = Partition(std::string(disk::kEphemeral), wish.size.min_bytes,
                                             wish.size.max_bytes.value_or(0));
  AddFileSystem(std::string(disk::kEphemeral), "/var", spec);
  auto& partition = *spec.mutable_provisioning()->mutable_partition_spec();
  partition.set_grow(wish.size.grow);
  if (wish.size.max_percent.has_value()) {
    partition.set_relative_max_size(static_cast<std::uint64_t>(*wish.size.max_percent));
  }
  if (wish.size.left_free_bytes > 0) {
    partition.set_max_size(wish.size.left_free_bytes);
    partition.set_negative_max_size(true);
  }
  spec.mutable_mount()->set_secure(wish.secure);
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

absl::Status CheckVolumeChange(const config::Config& before, const config::Config& after,
                               const All<block::VolumeStatus>& volumes) {
  const auto row = volumes.find(disk::kEphemeral);
  if (row == volumes.end() || row->spec().size() == 0) {
    return absl::OkStatus();
  }
  const EphemeralWish old_wish = EphemeralWishOf(before);
  const EphemeralWish wish = EphemeralWishOf(after);
  const std::uint64_t bytes = row->spec().size();
  if (wish.disk_expression != old_wish.disk_expression) {
    return Refused("diskSelector.match", "it changes");
  }
  if (wish.size.min_bytes != old_wish.size.min_bytes && wish.size.min_bytes > bytes) {
    return Refused("minSize", std::format("EPHEMERAL has {} bytes", bytes));
  }
  if (wish.size.max_bytes != old_wish.size.max_bytes &&
      wish.size.max_bytes.value_or(bytes) < bytes) {
    return Refused("maxSize", std::format("EPHEMERAL has {} bytes", bytes));
  }
  return absl::OkStatus();
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
  rows.Add(std::string(disk::kEphemeral),
           EphemeralRow(config.has_value() ? EphemeralWishOf(*config) : EphemeralWish{}));
  return rows;
}

}  // namespace ichor
