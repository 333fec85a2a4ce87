// The room of this machine's Node object: wiring.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "google/protobuf/struct.pb.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/cluster_api/task.h"
#include "machined/node_object/policy.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {

// What the node and the API servers are said to be; of what nobody has seen, nothing.
struct NodeSight {
  std::optional<k8s::NodeStatus::Spec> status;
  k8s::NodeCondition::Spec condition;
  std::optional<k8s::Endpoint::Spec> endpoint;
};

// Keeps what the config says of the node written on it, and publishes NodeStatus, NodeCondition
// and the API servers' Endpoint, while the kubelet is healthy: a control plane as its own
// administrator, a worker as its kubelet. The node is looked at every ten seconds. Loop's thread
// only.
class NodeObject {
 public:
  static constexpr std::chrono::seconds kPeriod{10};

  // Registers everything. Must outlive the runtime's controllers, as `runtime` and `parts` must
  // outlive it.
  NodeObject(Runtime& runtime, ClusterTask::Parts parts,
             const std::string& kubelet_kubeconfig = "/etc/kubernetes/kubeconfig-kubelet");

 private:
  struct Subject {
    std::string name;  // of the node
    ClusterTask::FindAccess find;
    NodeWish wish;
    std::string text;  // all of it, to tell whether something is new
  };

  void Register(const std::string& kubelet_kubeconfig);
  void Set(std::optional<Subject> subject);
  void Publish(const NodeSight& seen);

  Runtime& runtime_;
  Loop& loop_;
  const base::Clock& clock_;
  const std::shared_ptr<NodeObject*> self_ = std::make_shared<NodeObject*>(this);
  ClusterTask task_;
  std::string given_;  // what the task works on
};

}  // namespace ichor
