// Static pods, as the kubelet that runs them sees them.
#pragma once

#include "google/protobuf/struct.pb.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

// Of a kubelet's PodList, those that came from this machine and not from the API server, each with
// its status: "kube-system/kube-apiserver-n1".
Desired<k8s::StaticPodStatus> StaticPodStatusesOf(const google::protobuf::Struct& list);

}  // namespace ichor
