// The room of the kubelet's pods: wiring.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "lib/kube/access.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/cluster_api/task.h"

namespace ichor {

// Publishes StaticPodStatus while the kubelet is healthy: a control plane asks its own kubelet, as
// an API server would. The kubelet lets nobody in before an API server says that it may. Loop's
// thread only.
class PodStatuses {
 public:
  static constexpr std::chrono::seconds kPeriod{15};

  struct Parts {  // all outlive it
    Runtime& runtime;
    Loop& loop;
    const base::Clock& clock;
    Executor& worker;  // may be kept for as long as the kubelet takes
    NewApi new_api;
    // What the kubelet shows until the cluster has given it a certificate.
    std::string own_certificate = "/var/lib/kubelet/pki/kubelet.crt";
  };

  // Registers everything. Must outlive the runtime's controllers.
  explicit PodStatuses(Parts parts);

 private:
  void Register();
  void Set(std::optional<kube::Access> kubelet);

  Runtime& runtime_;
  Loop& loop_;
  const std::string own_certificate_;
  const std::shared_ptr<PodStatuses*> self_ = std::make_shared<PodStatuses*>(this);
  ClusterTask task_;
  std::optional<kube::Access> kubelet_;  // that is asked
};

}  // namespace ichor
