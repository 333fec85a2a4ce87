// The service `kubelet`.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "ichor/cri.resources.h"
#include "ichor/kubelet.resources.h"
#include "ichor/service.resources.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor {

// What containers that belong to a cluster wait for, as `ServiceDefinition` says it: the network
// and the time, unless the config has it not kept.
void WaitForNode(const All<network::NetworkStatus>& networks, const All<time::TimeStatus>& times,
                 services::ServiceDefinition::Spec& definition);

// All that says how the kubelet shall run.
struct KubeletInputs {
  const All<boot::PowerRequest>& power;
  const All<cri::ContainerRuntime>& runtimes;
  const All<config::MachineConfig>& configs;
  const All<k8s::KubeletSpec>& specs;
  const All<k8s::KubeletFilesStatus>& files;
  const All<network::NetworkStatus>& networks;
  const All<time::TimeStatus>& times;
};

// The kubelet in a container, on a node whose config has a CA of Kubernetes, until the machine goes
// down. While it is not known what it shall be, one that runs is left as it is.
absl::StatusOr<Desired<services::ServiceDefinition>> DefineKubelet(const KubeletInputs& inputs);

}  // namespace ichor
