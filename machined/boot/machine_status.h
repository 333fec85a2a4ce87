// Where the machine stands, in one word, and why it is not ready.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "ichor/kubelet.resources.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/time/time.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {

// Booting until the API can be reached, then maintenance while there is no config, and running with
// one; a shutdown or reboot under way comes before all else. In booting and running, ready means
// that no condition is unmet; in the other stages the machine is always ready. A machine that runs
// is not ready before it is known whether it is a node of Kubernetes.
absl::StatusOr<Desired<runtime::MachineStatus>> DecideMachineStatus(
    const All<v1alpha1::Service>& services, const All<network::NetworkStatus>& network,
    const All<time::TimeStatus>& time, const All<boot::PowerRequest>& power,
    const All<boot::NodeStage>& stages, const All<k8s::KubernetesReadiness>& kubernetes);

}  // namespace ichor
