// What a config says about the volumes of the system.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/config/config.h"
#include "lib/disk/system_table.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {

// EPHEMERAL as its VolumeConfig wants it; without one as it is by default.
struct EphemeralWish {
  disk::VolumeSize size;
  bool secure = true;
  bool access_times = true;
  std::string disk_expression;  // which disk it is on; empty: the system disk
};

// What is a directory of EPHEMERAL, unless its VolumeConfig has it on a partition of its own.
struct VolumePlace {
  std::string_view label;  // the volume's name
  std::string_view path;   // below EPHEMERAL
  bool programs = false;   // they may be run from there
  std::uint32_t user = 0;  // and group, of a partition's root directory
  std::uint32_t mode = 0;  // its permission bits
};
inline constexpr std::array<VolumePlace, 4> kVolumePlaces = {
    {{.label = "CRI", .path = "lib/containerd", .programs = true, .mode = 0700},
     {.label = "ETCD", .path = "lib/etcd", .user = 60, .mode = 0700},
     {.label = "KUBELET", .path = "lib/kubelet", .programs = true, .mode = 0700},
     {.label = "LOG", .path = "log", .mode = 0755}}};

// One of them with a partition, as its VolumeConfig wants it.
struct VolumeWish {
  VolumePlace place{};
  disk::VolumeSize size{};
  bool secure = true;
  bool access_times = true;
  std::string disk_expression{};  // which disk it is on; empty: the system disk

  std::string label() const { return std::string(place.label); }
};

// Which volumes are on the system's disk when a config is accepted.
struct VolumesHere {
  disk::EphemeralPlace ephemeral = disk::EphemeralPlace::kHere;
  std::vector<std::string> labels{};  // of those with a VolumeWish
};

// What there is for volumes that are not on the system's disk.
struct OtherDisks {
  std::vector<std::string> disks{};  // devices: where it may be
  // Where it is made, if it was not yet: a device, or why there is none.
  absl::StatusOr<std::string> chosen = absl::NotFoundError("no disk is chosen for EPHEMERAL");
  // By label: the devices that a volume may be made on, or why there is none.
  std::map<std::string, absl::StatusOr<std::vector<std::string>>, std::less<>> volumes{};
};

EphemeralWish EphemeralWishOf(const config::Config& config);

// Those that the config has on a partition, by label.
std::vector<VolumeWish> VolumeWishesOf(const config::Config& config);

// What those of `labels` need on a disk.
std::vector<disk::NewVolume> NewVolumesOf(const config::Config& config,
                                          const std::vector<std::string>& labels);

// Whether a node whose volumes are as `volumes` say can take `after` in place of `before`: a volume
// that is there is not made anew, and what is a directory or a partition stays one.
// FailedPrecondition names the field that asks for it.
absl::Status CheckVolumeChange(const config::Config& before, const config::Config& after,
                               const All<block::VolumeStatus>& volumes);

// The volumes of the system, as rows: META, STATE, EPHEMERAL, and what is on a partition of its own
// or a directory there. Never fails.
absl::StatusOr<Desired<block::VolumeConfig>> StateVolumes(
    const All<config::MachineConfig>& configs);

}  // namespace ichor
