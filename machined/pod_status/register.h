// The room of the kubelet's pods: wiring.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "lib/kube/access.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/cluster_api/task.h"
#include "machined/pod_status/policy.h"

namespace ichor {

// Publishes StaticPodStatus while the kubelet is healthy: a control plane asks its own kubelet, as
// an API server would. The kubelet lets nobody in before an API server says that it may. Loop's
// thread only.
class PodStatuses {
 public:
  static constexpr std::chrono::seconds kPeriod{15};
  static constexpr std::chrono::seconds kStartPeriod{2};  // until all pods are ready

  // Registers everything. Must outlive the runtime's controllers, as `runtime` and `parts` must
  // outlive it. `own_certificate` is what the kubelet shows until the cluster has given it one.
  PodStatuses(Runtime& runtime, ClusterTask::Parts parts,
              std::string own_certificate = "/var/lib/kubelet/pki/kubelet.crt");

 private:
  void Register();
  void Set(std::optional<kube::Access> kubelet, bool registered);
  void Publish(StaticPodSight seen);

  Runtime& runtime_;
  Loop& loop_;
  const std::string own_certificate_;
  const std::shared_ptr<PodStatuses*> self_ = std::make_shared<PodStatuses*>(this);
  ClusterTask task_;
  std::optional<kube::Access> kubelet_;  // that is asked
  bool registered_ = false;              // an API server knows the node: the kubelet may answer now
};

}  // namespace ichor
