// CoreDNS, the cluster's resolver, as objects of Kubernetes.
#pragma once

#include <vector>

#include "google/protobuf/struct.pb.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

// Its account with what it may see, its configuration, and its pods.
std::vector<google::protobuf::Struct> CoreDnsObjects(
    const k8s::BootstrapManifestsConfig::Spec& wish);

// Where pods reach it: kube-dns.
google::protobuf::Struct CoreDnsService(const k8s::BootstrapManifestsConfig::Spec& wish);

}  // namespace ichor
