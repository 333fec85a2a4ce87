// The service `cri`.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "ichor/cri.resources.h"
#include "ichor/kubelet.resources.h"
#include "ichor/service.resources.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// What is mounted or made for containerd, by the ids of VolumeMountStatus: `cri-` before each.
inline constexpr std::array<const char*, 4> kCriVolumes = {"/etc/cni", "/etc/kubernetes", "/opt",
                                                           "/var/run/lock"};

// What one of the node's containerds differs in from the other.
struct ContainerdOptions {
  std::string config;  // its file
  std::string socket;
  std::vector<std::string> flags;  // beside those for the former
  std::string cgroup;
  std::int32_t oom_score_adj = 0;  // oom_score_adj(5): -1000 to 1000
};

// The service of a containerd, healthy while it answers on its socket; with the variables that the
// config gives.
services::ServiceDefinition::Spec ContainerdService(const ContainerdOptions& options,
                                                    const All<runtime::Environment>& environments);

// Row `cri`: wanted on a node that has a config; what it waits for are files of /etc and volumes.
// No row while nobody knows whether there is a config.
absl::StatusOr<Desired<cri::ContainerRuntime>> WantRuntime(
    const All<config::MachineConfig>& configs, const All<boot::NodeStage>& stages,
    const All<files::EtcFileSpec>& specs, const All<files::EtcFileStatus>& files,
    const All<block::VolumeMountStatus>& volumes);

// containerd for Kubernetes. It is started anew when the files change that it reads at its start
// only. While it is not known whether it is wanted, one that runs is left as it is. When the
// machine goes down, it stays until the pods have ended, and what else runs in containers.
absl::StatusOr<Desired<services::ServiceDefinition>> DefineCri(
    const All<boot::PowerRequest>& power, const All<cri::ContainerRuntime>& runtimes,
    const All<runtime::Environment>& environments, const All<cri::PodsEnd>& pods,
    const All<services::ProcessStatus>& processes);

}  // namespace ichor
