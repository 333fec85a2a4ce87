// Why Kubernetes does not do on this machine what it should: one cause at a time, in one sentence
// that everybody who tells of it repeats.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ichor/service.resources.h"
#include "lib/runtime/rows.h"
#include "machined/readiness/policy.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor {

// Diagnostics: the cause; a container network that is missing and was left to others; a full disk.
inline constexpr std::string_view kKubernetesDiagnostic = "kubernetes";
inline constexpr std::string_view kNetworkDiagnostic = "cni";
inline constexpr std::string_view kSpaceDiagnostic = "ephemeral-full";

struct CauseScene {
  KubernetesWish wish;
  All<services::ServiceState> states;
  All<services::ProcessStatus> processes;
  All<time::TimeStatus> times;
  All<k8s::StaticPodStatus> pods;
  std::string clock{};     // what WrongClock says
  std::string endpoint{};  // what EndpointProblem said last
  std::string pull{};      // what PullLog says
};

// What the kubelet's log says of images that it could not pull. The kubelet answers nobody before
// the API server runs, whose own image may be the one that is missing.
class PullLog {
 public:
  // After it, a failure that was not repeated is forgotten: the kubelet waits for up to 5 minutes.
  static constexpr std::chrono::minutes kMemory{6};

  // Takes what the kubelet wrote, cut anywhere, at a time since some start. True if there is a new
  // failure in it.
  bool Append(std::string_view bytes, std::chrono::nanoseconds now);

  // "image NAME cannot be pulled: not found", of one that a static pod wants; or empty.
  std::string ProblemOf(const All<k8s::StaticPod>& pods, std::chrono::nanoseconds now) const;

 private:
  struct Failure {
    std::string cause;
    std::chrono::nanoseconds seen{};
  };

  bool TakeLine(std::chrono::nanoseconds now);

  std::string line_;                         // that is not whole yet
  std::map<std::string, Failure> failures_;  // by image; of few, as a node has few
};

// The first cause, in the order in which a node comes up: its clock, its images, etcd's beginning,
// the cluster's endpoint, the programs of the control plane. Empty if there is none. What the
// kubelet says of its pods counts before what its log says.
std::string CauseOf(const CauseScene& scene);

// What a CA of the cluster, in PEM, says of this machine's clock: it was made later than `now`, or
// has ended. Empty if the CA is valid, or cannot be read.
std::string WrongClock(const std::string& ca_pem,
                       std::chrono::sys_time<std::chrono::nanoseconds> now);

// "CNI: none installed" where the config leaves that to others, and nobody has done it; or empty.
std::string MissingNetwork(const KubernetesWish& wish, const All<k8s::NodeCondition>& conditions);

// What is wrong with the cluster's endpoint by what a question of its version ended with; empty if
// it answered, whatever that was. A control plane has its own API server, and may do without a way
// to the endpoint, but not without its name.
std::string EndpointProblem(const KubernetesWish& wish, const absl::Status& status);

}  // namespace ichor
