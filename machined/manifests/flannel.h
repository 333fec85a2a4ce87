// Flannel, the container network, as objects of Kubernetes.
#pragma once

#include <vector>

#include "google/protobuf/struct.pb.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

// What runs flannel on each node: its role and account, its settings and its pods.
std::vector<google::protobuf::Struct> FlannelObjects(
    const k8s::BootstrapManifestsConfig::Spec& wish);

}  // namespace ichor
