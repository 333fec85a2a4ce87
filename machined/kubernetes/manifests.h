// The objects that a new cluster begins with.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

// BootstrapManifestsConfig "manifests": what the objects are made from; none where there is no
// control plane.
absl::StatusOr<Desired<k8s::BootstrapManifestsConfig>> DeriveManifests(
    const All<config::MachineConfig>& configs);

// Manifests by the order in which they are applied: how nodes join, what pods on the node's network
// reach the API server by, and the cluster's resolver. None has a secret in it: every reader of the
// state sees them.
absl::StatusOr<Desired<k8s::Manifest>> RenderManifests(
    const All<k8s::BootstrapManifestsConfig>& wishes);

}  // namespace ichor
