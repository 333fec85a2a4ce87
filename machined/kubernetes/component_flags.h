// The command lines of the control plane's programs: ours, and what the config adds.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// Where the programs find their files, each in a directory of its name, on the machine and in
// their containers.
inline constexpr const char* kPodSecrets = "/system/secrets/kubernetes/";
inline constexpr const char* kPodConfigs = "/system/config/kubernetes/";

// Flags sorted by name. InvalidArgument `extra arg "x" is not allowed` for one that the config may
// not give.
absl::StatusOr<std::vector<std::string>> ApiServerFlags(
    const k8s::APIServerConfig::Spec& spec, const secrets::KubernetesRootSecret::Spec& root);
absl::StatusOr<std::vector<std::string>> ControllerManagerFlags(
    const k8s::ControllerManagerConfig::Spec& spec);
absl::StatusOr<std::vector<std::string>> SchedulerFlags(const k8s::SchedulerConfig::Spec& spec);

}  // namespace ichor
