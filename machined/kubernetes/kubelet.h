// What the kubelet is started with.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// KubeletConfig "kubelet": what the config says, and where the kubelet fetches static pods. None
// before that is known, and none without a CA of Kubernetes.
absl::StatusOr<Desired<k8s::KubeletConfig>> DeriveKubelet(
    const All<config::MachineConfig>& configs, const All<k8s::StaticPodServerStatus>& servers);

// KubeletSpec "kubelet": its command line and its own configuration; none before the node has a
// name and, unless the config gives it, an address. With an external cloud provider it registers
// the node by the platform's id for the machine. InvalidArgument for flags that the config may not
// give.
absl::StatusOr<Desired<k8s::KubeletSpec>> RenderKubelet(
    const All<k8s::KubeletConfig>& wishes, const All<k8s::Nodename>& names,
    const All<k8s::NodeIP>& addresses, const All<config::MachineType>& types,
    const All<runtime::PlatformMetadata>& platforms);

// KubeletStatus "kubelet": what of it anybody may see.
absl::StatusOr<Desired<k8s::KubeletStatus>> ShowKubelet(const All<k8s::KubeletSpec>& specs);

}  // namespace ichor
