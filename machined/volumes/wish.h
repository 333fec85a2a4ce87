// What a config says about the volumes of the system.
#pragma once

#include <string>
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
  disk::EphemeralSize size;
  bool secure = true;
  bool access_times = true;
  std::string disk_expression;  // which disk it is on; empty: the system disk
};

// What there is for an EPHEMERAL that is not on the system's disk.
struct OtherDisks {
  std::vector<std::string> disks{};  // devices: where it may be
  // Where it is made, if it was not yet: a device, or why there is none.
  absl::StatusOr<std::string> chosen = absl::NotFoundError("no disk is chosen for EPHEMERAL");
};

EphemeralWish EphemeralWishOf(const config::Config& config);

// Whether a node whose volumes are as `volumes` say can take `after` in place of `before`: a volume
// that is there is not made anew. FailedPrecondition names the field that asks for it.
absl::Status CheckVolumeChange(const config::Config& before, const config::Config& after,
                               const All<block::VolumeStatus>& volumes);

// The volumes of the system, as rows: META, STATE, EPHEMERAL. Never fails.
absl::StatusOr<Desired<block::VolumeConfig>> StateVolumes(
    const All<config::MachineConfig>& configs);

}  // namespace ichor
