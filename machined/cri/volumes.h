// What containerd and the pods find mounted.
#pragma once

#include <string>

#include "lib/runtime/rows.h"
#include "lib/sys/volume/mounts.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/files/files.resources.h"

namespace ichor {

// Where things are, for tests.
struct CriPlaces {
  std::string etc = "/etc";
  std::string opt = "/opt";
  std::string run = "/run";
  std::string var = "/var";
};

// Makes /opt, /etc/cni and /etc/kubernetes writable, /opt for programs too and kept on EPHEMERAL,
// and directories that pods expect. Begins once EPHEMERAL is mounted and cri.toml is written, after
// which nothing is mounted over /etc any more; what stands already is left alone. A row for each of
// kCriVolumes; of what failed, one without a target. Blocks.
Report<block::VolumeMountStatus> MountForCri(const All<block::MountStatus>& mounted,
                                             const All<files::EtcFileStatus>& files,
                                             sys::Mounts& mounts, const CriPlaces& places);

}  // namespace ichor
