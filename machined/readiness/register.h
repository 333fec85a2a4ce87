// The room of what Kubernetes lacks on this machine: wiring.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/cluster_api/task.h"
#include "machined/readiness/cause.h"
#include "machined/readiness/policy.h"

namespace ichor {

// A source of KubernetesReadiness, once the config is known, and of the diagnostics that say why
// Kubernetes does not run. A cause is told when it has lasted, and goes at once. While the kubelet
// runs, the cluster's endpoint is asked for its version: each time is a line of its audit log.
// Loop's thread only.
class Readiness {
 public:
  static constexpr std::chrono::seconds kPatience{5};  // with a cause
  static constexpr std::chrono::seconds kPeriod{15};   // of an endpoint that is not well
  static constexpr int kRest = 19;                     // periods without a question once it is

  // All outlive it.
  Readiness(Runtime& runtime, ClusterTask::Parts parts);
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // Looks for what changed. To be called after each settle; cheap.
  void OnSettled();

  // Takes what the kubelet wrote to its log, cut anywhere.
  void OnKubeletLog(std::string_view bytes);

 private:
  static constexpr std::string_view kSource = "kubernetes.readiness";

  void ReadConfig();
  void FollowEndpoint();
  void OnEndpoint(std::string problem);
  void State();
  void Consider(std::string cause);
  void Diagnose();

  Runtime& runtime_;
  Loop& loop_;
  const base::Clock& clock_;
  const std::shared_ptr<Readiness*> self_ = std::make_shared<Readiness*>(this);
  ClusterTask endpoint_;
  PullLog pulls_;
  std::vector<std::uint64_t> versions_;  // of the config that `wish_` is of
  KubernetesWish wish_;
  std::string asked_;             // endpoint and CA that `endpoint_` works with
  std::string endpoint_problem_;  // what it found last
  std::string stated_;            // the readiness, as bytes
  std::string cause_;             // that is there now
  std::string told_;              // that has lasted
  std::string diagnosed_;
  std::optional<Loop::TimerId> timer_;
};

}  // namespace ichor
