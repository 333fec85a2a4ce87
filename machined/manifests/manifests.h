// The objects that a new cluster begins with.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// BootstrapManifestsConfig "manifests": what the objects are made from; none where there is no
// control plane. InvalidArgument for flags of kube-proxy that the config may not give.
absl::StatusOr<Desired<k8s::BootstrapManifestsConfig>> DeriveManifests(
    const All<config::MachineConfig>& configs);

// Manifests by the order in which they are applied: how nodes join, the container network, what
// leads to services, what pods on the node's network reach the API server by, and the cluster's
// resolver. One has the token that nodes join with: only administrators see the rows.
absl::StatusOr<Desired<k8s::Manifest>> RenderManifests(
    const All<k8s::BootstrapManifestsConfig>& wishes,
    const All<secrets::KubernetesRootSecret>& roots);

}  // namespace ichor
