#include "machined/boot/machine_status.h"

#include <algorithm>
#include <array>
#include <format>
#include <string>
#include <string_view>
#include <utility>

#include "machined/services/problem.h"

namespace ichor {
namespace {

using boot::NodeStage;
using boot::PowerRequest;
using k8s::KubernetesReadiness;
using network::NetworkStatus;
using runtime::MachineStatus;
using time::TimeStatus;
using v1alpha1::Service;

namespace enums = talos::resource::definitions::enums;

// Without these nobody could reach the machine.
constexpr std::array<std::string_view, 2> kRequired = {"apid", "machined"};

void Unmet(MachineStatus::Spec& status, std::string_view name, std::string reason) {
  auto* const condition = status.mutable_status()->add_unmet_conditions();
  condition->set_name(std::string(name));
  condition->set_reason(std::move(reason));
}

// "apid not running, networkd not healthy"
std::string ServiceProblems(const All<Service>& services,
                            const KubernetesReadiness::Spec& kubernetes) {
  std::string problems;
  const auto add = [&problems](std::string_view id, std::string_view what) {
    problems += std::format("{}{} {}", problems.empty() ? "" : ", ", id, what);
  };
  const auto require = [&](std::string_view id) {
    if (services.find(id) == services.end()) {
      add(id, "not running");
    }
  };
  std::ranges::for_each(kRequired, require);
  std::ranges::for_each(kubernetes.services(), require);
  for (const auto& row : services) {
    if (const std::string_view problem = ProblemOf(row.spec()); !problem.empty()) {
      add(row.id(), problem);
    }
  }
  return problems;
}

std::string NetworkProblems(const All<NetworkStatus>& network) {
  const NetworkStatus::Spec none;
  const NetworkStatus::Spec& spec = network.empty() ? none : network.front().spec();
  std::string missing;
  const auto add = [&missing](bool ready, std::string_view what) {
    if (!ready) {
      missing += std::format("{}{}", missing.empty() ? "waiting on: " : ", ", what);
    }
  };
  add(spec.address_ready(), "address");
  add(spec.connectivity_ready(), "connectivity");
  add(spec.etc_files_ready(), "etc-files");
  add(spec.hostname_ready(), "hostname");
  return missing;
}

bool CanBeReached(const All<Service>& services) {
  for (const std::string_view id : kRequired) {
    const auto service = services.find(id);
    if (service == services.end() || !service->spec().running() || !service->spec().healthy()) {
      return false;
    }
  }
  return true;
}

enums::RuntimeMachineStage StageOf(const All<Service>& services, const All<PowerRequest>& power,
                                   NodeStage::Spec::Stage stage) {
  if (!power.empty()) {
    return power.front().spec().action() == PowerRequest::Spec::RESTART
               ? enums::MACHINE_STAGE_REBOOTING
               : enums::MACHINE_STAGE_SHUTTING_DOWN;
  }
  if (!CanBeReached(services)) {
    return enums::MACHINE_STAGE_BOOTING;
  }
  switch (stage) {
    case NodeStage::Spec::MAINTENANCE:
      return enums::MACHINE_STAGE_MAINTENANCE;
    case NodeStage::Spec::CONFIGURED:
      return enums::MACHINE_STAGE_RUNNING;
    default:
      return enums::MACHINE_STAGE_BOOTING;
  }
}

void AddKubernetes(const KubernetesReadiness::Spec& kubernetes, MachineStatus::Spec& status) {
  if (!kubernetes.static_pods().empty()) {
    Unmet(status, "staticPods", kubernetes.static_pods());
  }
  if (!kubernetes.node().empty()) {
    Unmet(status, "nodeReady", kubernetes.node());
  }
}

// What is there of Kubernetes; of a machine that runs, also that nobody knows yet.
KubernetesReadiness::Spec ReadinessOf(const All<KubernetesReadiness>& kubernetes,
                                      enums::RuntimeMachineStage stage) {
  if (!kubernetes.empty()) {
    return kubernetes.front().spec();
  }
  KubernetesReadiness::Spec unknown;
  if (stage == enums::MACHINE_STAGE_RUNNING) {
    unknown.set_node("it is not known yet whether there is one");
  }
  return unknown;
}

}  // namespace

absl::StatusOr<Desired<MachineStatus>> DecideMachineStatus(
    const All<Service>& services, const All<NetworkStatus>& network, const All<TimeStatus>& time,
    const All<PowerRequest>& power, const All<NodeStage>& stages,
    const All<KubernetesReadiness>& kubernetes) {
  const NodeStage::Spec stage = stages.empty() ? NodeStage::Spec() : stages.front().spec();
  MachineStatus::Spec status;
  status.set_stage(StageOf(services, power, stage.stage()));
  if (status.stage() == enums::MACHINE_STAGE_BOOTING ||
      status.stage() == enums::MACHINE_STAGE_RUNNING) {
    if (!stage.reason().empty()) {
      Unmet(status, "config", stage.reason());
    }
    if (time.empty() || !(time.front().spec().synced() || time.front().spec().sync_disabled())) {
      Unmet(status, "time", "time is not synced");
    }
    if (std::string problems = NetworkProblems(network); !problems.empty()) {
      Unmet(status, "network", std::move(problems));
    }
    const KubernetesReadiness::Spec readiness = ReadinessOf(kubernetes, status.stage());
    if (std::string problems = ServiceProblems(services, readiness); !problems.empty()) {
      Unmet(status, "services", std::move(problems));
    }
    AddKubernetes(readiness, status);
  }
  status.mutable_status()->set_ready(status.status().unmet_conditions().empty());
  return Desired<MachineStatus>{{"machine", std::move(status)}};
}

}  // namespace ichor
