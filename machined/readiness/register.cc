#include "machined/readiness/register.h"

#include <format>
#include <utility>

#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

Readiness::Readiness(Runtime& runtime, ClusterTask::Parts parts)
    : runtime_(runtime),
      loop_(parts.loop),
      clock_(parts.clock),
      endpoint_(std::move(parts), std::string(kSource), kPeriod) {
  runtime_.AddSource<k8s::KubernetesReadiness>(kSource);
  runtime_.AddSource<runtime::Diagnostic>(kSource);
  runtime_.Publish<k8s::KubernetesReadiness>(kSource, {});
  runtime_.Publish<runtime::Diagnostic>(kSource, {});
}

Readiness::~Readiness() {
  if (timer_.has_value()) {
    loop_.Cancel(*timer_);
  }
}

void Readiness::OnSettled() {
  if (!runtime_.IsKnown(TypeRef::Of<config::MachineConfig>().kind)) {
    return;
  }
  ReadConfig();
  FollowEndpoint();
  State();
  const auto secrets = runtime_.Read<secrets::KubeletSecret>();
  const bool has_ca = !secrets.empty() && !secrets.front().spec().accepted_cas().empty();
  Consider(CauseOf(
      {.wish = wish_,
       .states = runtime_.Read<services::ServiceState>(),
       .processes = runtime_.Read<services::ProcessStatus>(),
       .times = runtime_.Read<time::TimeStatus>(),
       .pods = runtime_.Read<k8s::StaticPodStatus>(),
       .clock =
           has_ca ? WrongClock(secrets.front().spec().accepted_cas(0).crt(), clock_.Now()) : "",
       .endpoint = endpoint_problem_,
       .pull = pulls_.ProblemOf(runtime_.Read<k8s::StaticPod>(),
                                clock_.Monotonic().time_since_epoch())}));
  Diagnose();
}

void Readiness::OnKubeletLog(std::string_view bytes) {
  if (pulls_.Append(bytes, clock_.Monotonic().time_since_epoch())) {
    OnSettled();
  }
}

void Readiness::ReadConfig() {
  const auto configs = runtime_.Read<config::MachineConfig>();
  std::vector<std::uint64_t> versions;
  versions.reserve(configs.size());
  for (const auto& row : configs) {
    versions.push_back(row.metadata().version);
  }
  if (std::exchange(versions_, versions) != versions) {
    wish_ = KubernetesWishOf(configs);
  }
}

// As nobody in particular: any answer shows that it is there, and whose it is.
void Readiness::FollowEndpoint() {
  const auto secrets = runtime_.Read<secrets::KubeletSecret>();
  const auto states = runtime_.Read<services::ServiceState>();
  const auto kubelet = states.find("kubelet");
  kube::Access access;
  if (wish_.wanted && !secrets.empty() && kubelet != states.end() &&
      kubelet->spec().state() == services::ServiceState::Spec::RUNNING) {
    access.server = wish_.endpoint;
    for (const auto& ca : secrets.front().spec().accepted_cas()) {
      access.ca_pem += std::format("{}\n", ca.crt());
    }
  }
  if (const std::string asked = access.server + access.ca_pem;
      std::exchange(asked_, asked) == asked) {
    return;
  }
  endpoint_problem_.clear();
  if (asked_.empty()) {
    endpoint_.Clear();
    return;
  }
  endpoint_.Set([access] { return access; },
                [wish = wish_, rest = std::make_shared<int>(0), asked = asked_,
                 mailbox = loop_.mailbox(), weak = std::weak_ptr(self_)](kube::Api& api) {
                  if (*rest > 0) {
                    --*rest;
                    return absl::OkStatus();
                  }
                  std::string problem =
                      EndpointProblem(wish, api.Do({.path = "/version"}).status());
                  *rest = problem.empty() ? kRest : 0;
                  mailbox->Post([weak, asked, problem = std::move(problem)]() mutable {
                    const std::shared_ptr<Readiness*> self = weak.lock();
                    if (self != nullptr && (*self)->asked_ == asked) {
                      (*self)->OnEndpoint(std::move(problem));
                    }
                  });
                  return absl::OkStatus();
                });
}

void Readiness::OnEndpoint(std::string problem) {
  if (problem != endpoint_problem_) {
    endpoint_problem_ = std::move(problem);
    OnSettled();
  }
}

void Readiness::State() {
  k8s::KubernetesReadiness::Spec readiness =
      DecideReadiness(wish_, runtime_.Read<k8s::Nodename>(), runtime_.Read<k8s::NodeStatus>(),
                      runtime_.Read<k8s::NodeCondition>(), runtime_.Read<k8s::StaticPodStatus>());
  std::string bytes = "known" + readiness.SerializeAsString();
  if (bytes != stated_) {
    stated_ = std::move(bytes);
    runtime_.Publish<k8s::KubernetesReadiness>(kSource, {{"kubernetes", std::move(readiness)}});
  }
}

void Readiness::Consider(std::string cause) {
  if (cause == cause_) {
    return;
  }
  cause_ = std::move(cause);
  if (timer_.has_value()) {
    loop_.Cancel(*timer_);
    timer_.reset();
  }
  if (cause_.empty()) {
    told_.clear();
    return;
  }
  timer_ = loop_.RunAt(clock_.Monotonic() + kPatience, [this] {
    timer_.reset();
    told_ = cause_;
    Diagnose();
  });
}

void Readiness::Diagnose() {
  const std::string network = MissingNetwork(wish_, runtime_.Read<k8s::NodeCondition>());
  std::string diagnosed = std::format("{}\n{}", told_, network);
  if (diagnosed == diagnosed_) {
    return;
  }
  diagnosed_ = std::move(diagnosed);
  Desired<runtime::Diagnostic> rows;
  runtime::Diagnostic::Spec row;
  if (!network.empty()) {
    row.set_message(network);
    rows.Add(std::string(kNetworkDiagnostic), row);
  }
  if (!told_.empty()) {
    row.set_message(told_);
    rows.Add(std::string(kKubernetesDiagnostic), row);
  }
  runtime_.Publish<runtime::Diagnostic>(kSource, std::move(rows));
}

}  // namespace ichor
