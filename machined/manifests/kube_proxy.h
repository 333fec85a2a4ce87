// kube-proxy, what leads to services, as objects of Kubernetes.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/struct.pb.h"
#include "machined/kubernetes/settings.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

// Sets what the config says of kube-proxy: flags, or a file of its own with them. InvalidArgument
// for flags that the config may not give.
absl::Status SetKubeProxy(const KubernetesSettings& settings,
                          k8s::BootstrapManifestsConfig::Spec& wish);

// What runs kube-proxy on each node.
std::vector<google::protobuf::Struct> KubeProxyObjects(
    const k8s::BootstrapManifestsConfig::Spec& wish);

}  // namespace ichor
