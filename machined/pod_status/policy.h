// Static pods, as the kubelet that runs them sees them.
#pragma once

#include <string_view>

#include "google/protobuf/struct.pb.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

struct StaticPodSight {
  Desired<k8s::StaticPodStatus> statuses;  // "kube-system/kube-apiserver-n1"
  bool ready = false;                      // there are some, and nothing is wrong with any
};

// Of a kubelet's PodList, those that came from this machine and not from the API server.
StaticPodSight StaticPodsOf(const google::protobuf::Struct& list);

// What is wrong with a pod by its status, in a word: "pending", "not ready"; empty if nothing is.
std::string_view ProblemOfPod(const google::protobuf::Struct& status);

}  // namespace ichor
