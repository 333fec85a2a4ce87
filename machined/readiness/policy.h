// What Kubernetes lacks on this machine, which is not ready until then.
#pragma once

#include <string>
#include <string_view>

#include "ichor/kubelet.resources.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {

// What the config wants of Kubernetes here.
struct KubernetesWish {
  bool wanted = false;  // this machine is a node of a cluster
  bool control_plane = false;
  bool registered = true;   // its kubelet tells the API server of it
  bool no_network = false;  // of containers: that is left to others
  std::string endpoint{};   // of the cluster: "https://api.example.org:6443"
};

KubernetesWish KubernetesWishOf(const All<config::MachineConfig>& configs);

// Whether a node is not Ready for nothing but its container network, by what its kubelet says.
bool LacksOnlyNetwork(std::string_view not_ready);

// A node that lacks only a container network that the config leaves to others lacks nothing here.
k8s::KubernetesReadiness::Spec DecideReadiness(const KubernetesWish& wish,
                                               const All<k8s::Nodename>& names,
                                               const All<k8s::NodeStatus>& nodes,
                                               const All<k8s::NodeCondition>& conditions,
                                               const All<k8s::StaticPodStatus>& pods);

}  // namespace ichor
