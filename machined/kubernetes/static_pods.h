// The pods that the kubelet runs without asking the API server.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {

// The pods of the control plane, by the ids of their programs: once etcd is healthy and their
// files are written. Their annotations say the versions of what they run with, so that a change
// replaces the pod that it concerns. Unavailable while etcd is there and not healthy: what was said
// before stays, so that no trouble of etcd ends the pods.
absl::StatusOr<Desired<k8s::StaticPod>> RenderControlPlanePods(
    const All<k8s::APIServerConfig>& servers, const All<k8s::ControllerManagerConfig>& managers,
    const All<k8s::SchedulerConfig>& schedulers, const All<k8s::SecretStatus>& secrets,
    const All<k8s::ConfigStatus>& configs, const All<v1alpha1::Service>& services);

// The pods of the config, by the names of their documents, or by "namespace-name".
absl::StatusOr<Desired<k8s::StaticPod>> DeriveUserPods(const All<config::MachineConfig>& configs);

}  // namespace ichor
