// The room of the kubelets' serving certificates: wiring.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "lib/kube/access.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/cluster_api/task.h"

namespace ichor {

// On a control plane: approves what kubelets may show, and leaves to others what it does not
// approve, with a line in the log. Loop's thread only.
class ServingCertificates {
 public:
  static constexpr std::chrono::seconds kPeriod{30};  // a kubelet waits for 15 minutes

  // Registers everything. Must outlive the runtime's controllers, as `runtime` and `parts` must
  // outlive it.
  ServingCertificates(Runtime& runtime, ClusterTask::Parts parts);

 private:
  void Set(std::optional<kube::Access> access);

  Loop& loop_;
  const std::shared_ptr<ServingCertificates*> self_ = std::make_shared<ServingCertificates*>(this);
  ClusterTask task_;
  std::optional<kube::Access> access_;  // with which it works
};

}  // namespace ichor
