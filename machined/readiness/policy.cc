#include "machined/readiness/policy.h"

#include <format>
#include <optional>

#include "machined/kubernetes/settings.h"
#include "machined/pod_status/policy.h"

namespace ichor {
namespace {

std::string NodeProblem(const KubernetesWish& wish, const All<k8s::Nodename>& names,
                        const All<k8s::NodeStatus>& nodes,
                        const All<k8s::NodeCondition>& conditions) {
  if (!wish.wanted || !wish.registered) {
    return "";
  }
  const std::string name = names.empty() ? "" : names.front().spec().nodename();
  const auto node = nodes.find(name);
  if (node == nodes.end()) {
    return std::format("node \"{}\" status is not available yet", name);
  }
  const auto condition = conditions.find(name);
  const bool excused = wish.no_network && condition != conditions.end() &&
                       LacksOnlyNetwork(condition->spec().not_ready());
  return node->spec().node_ready() || excused ? "" : std::format("node \"{}\" is not ready", name);
}

}  // namespace

KubernetesWish KubernetesWishOf(const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfNode(configs);
  if (!settings.has_value()) {
    return {};
  }
  return {.wanted = true,
          .control_plane = KubernetesSettings::OfControlPlane(configs).has_value(),
          .registered = !settings->Node().skip_node_registration(),
          .no_network = settings->CniName() == "none",
          .endpoint = settings->Cluster().endpoint()};
}

// The kubelet lists several reasons in brackets.
bool LacksOnlyNetwork(std::string_view not_ready) {
  return not_ready.starts_with("container runtime network not ready");
}

k8s::KubernetesReadiness::Spec DecideReadiness(const KubernetesWish& wish,
                                               const All<k8s::Nodename>& names,
                                               const All<k8s::NodeStatus>& nodes,
                                               const All<k8s::NodeCondition>& conditions,
                                               const All<k8s::StaticPodStatus>& pods) {
  k8s::KubernetesReadiness::Spec readiness;
  if (wish.wanted) {
    readiness.add_services("kubelet");
  }
  if (wish.wanted && wish.control_plane) {
    readiness.add_services("etcd");
    readiness.add_services("trustd");
  }
  readiness.set_node(NodeProblem(wish, names, nodes, conditions));
  for (const auto& row : pods) {
    if (const auto problem = ProblemOfPod(row.spec().pod_status()); !problem.empty()) {
      const std::string_view separator = readiness.static_pods().empty() ? "" : ", ";
      readiness.mutable_static_pods()->append(std::format("{}{} {}", separator, row.id(), problem));
    }
  }
  return readiness;
}

}  // namespace ichor
