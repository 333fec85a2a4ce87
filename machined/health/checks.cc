#include "machined/health/checks.h"

#include <algorithm>
#include <array>
#include <format>
#include <iterator>
#include <set>

#include "absl/strings/str_join.h"
#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/resource/tree.h"
#include "machined/cluster_api/access.h"
#include "machined/etcd/policy.h"
#include "machined/readiness/cause.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;

Verdict Good() {
  return {};
}

Verdict Skip(std::string cause = "") {
  return {.kind = Verdict::Kind::kSkipped, .cause = std::move(cause)};
}

Verdict NotYet(std::string cause) {
  return {.kind = Verdict::Kind::kNotYet, .cause = std::move(cause)};
}

// OK, or what is wrong with a service, in its own words where it has some.
Verdict OfService(const HealthScene& scene, std::string_view id) {
  if (IsHealthy(scene.services, id)) {
    return Good();
  }
  const auto service = scene.services.find(id);
  if (service == scene.services.end()) {
    return NotYet(std::format("service {} is not there", id));
  }
  return NotYet(std::format("service {} {}", id,
                            service->spec().running() ? "is not healthy" : "does not run"));
}

Verdict EtcdIsHealthy(const HealthScene& scene) {
  return scene.etcd_roots.empty() ? Skip() : OfService(scene, "etcd");
}

// What identifies members: "n1 (id 1f), n2 (id 20, learner)".
std::string WordsOf(const etcdserverpb::MemberListResponse& members) {
  std::set<std::string> words;
  for (const auto& member : members.members()) {
    words.insert(std::format("{} (id {:x}{})", member.name().empty() ? "?" : member.name(),
                             member.id(), member.is_learner() ? ", learner" : ""));
  }
  return absl::StrJoin(words, ", ");
}

Verdict MembersAgree(const HealthScene& scene) {
  if (scene.etcd_roots.empty()) {
    return Skip();
  }
  const std::vector<MembersView>& views = scene.members.views;
  if (views.empty()) {
    return NotYet("etcd names no members");
  }
  const std::string first = WordsOf(views.front().members);
  for (const auto& [host, members] : views) {
    if (const std::string words = WordsOf(members); words != first) {
      return NotYet(
          std::format("{} has the members {}; {} has {}", views.front().host, first, host, words));
    }
  }
  return Good();
}

Verdict ApidIsReady(const HealthScene& scene) {
  return OfService(scene, "apid");
}

bool IsWorker(const HealthScene& scene) {
  return !scene.types.empty() &&
         scene.types.front().spec().machine_type() == resource::config::WORKER;
}

Verdict MemoryIsEnough(const HealthScene& scene) {
  constexpr std::uint64_t kControlPlane = (1848 - 150) * kMiB;
  constexpr std::uint64_t kWorker = (1024 - 150) * kMiB;
  const std::uint64_t least = IsWorker(scene) ? kWorker : kControlPlane;
  if (scene.memory_bytes >= least) {
    return Good();
  }
  return NotYet(std::format("this machine has {} MiB of memory, of at least {}",
                            scene.memory_bytes / kMiB, least / kMiB));
}

// The smallest disk, without what is the system's on it.
Verdict DiskIsEnough(const HealthScene& scene) {
  constexpr std::uint64_t kSystem = 3 * 1024 + 112;  // MiB: loader, two roots, META, STATE
  constexpr std::uint64_t kLeast = (6 * 1024 - kSystem) * kMiB;
  const auto volume = scene.volumes.find("EPHEMERAL");
  if (volume == scene.volumes.end()) {
    return NotYet("the volume EPHEMERAL is not there");
  }
  return volume->spec().size() >= kLeast
             ? Good()
             : NotYet(std::format("EPHEMERAL has {} MiB, of at least {}",
                                  volume->spec().size() / kMiB, kLeast / kMiB));
}

// What the config says beyond this version is a diagnostic too, and no illness; nor is a container
// network that the config leaves to others.
Verdict NothingIsDiagnosed(const HealthScene& scene) {
  for (const auto& row : scene.diagnostics) {
    if (!row.id().starts_with("config-") && row.id() != kNetworkDiagnostic) {
      return NotYet(std::format("{}: {}", row.id(), row.spec().message()));
    }
  }
  return Good();
}

Verdict KubeletIsHealthy(const HealthScene& scene) {
  return scene.kubelets.empty() ? Skip() : OfService(scene, "kubelet");
}

Verdict BootIsOver(const HealthScene& scene) {
  const bool runs =
      !scene.machines.empty() && scene.machines.front().spec().stage() ==
                                     talos::resource::definitions::enums::MACHINE_STAGE_RUNNING;
  return runs ? Good() : NotYet("this machine is not running yet");
}

std::string NameOf(const Struct& object) {
  return TextAt(object, {"metadata", "name"});
}

// Whether a node or a pod has a condition.
bool Meets(const Struct& object, std::string_view condition) {
  const Value* const conditions = Find(object, {"status", "conditions"});
  return conditions != nullptr &&
         std::ranges::any_of(conditions->list_value().values(), [condition](const Value& item) {
           return TextAt(item.struct_value(), {"type"}) == condition &&
                  TextAt(item.struct_value(), {"status"}) == "True";
         });
}

// Why a node or a pod does not meet a condition, in the cluster's own words.
std::string WhyNot(const Struct& object, std::string_view condition) {
  const Value* const conditions = Find(object, {"status", "conditions"});
  if (conditions != nullptr) {
    for (const Value& item : conditions->list_value().values()) {
      const Struct& found = item.struct_value();
      if (TextAt(found, {"type"}) == condition && !TextAt(found, {"message"}).empty()) {
        return TextAt(found, {"message"});
      }
    }
  }
  return std::format("it is not {}", condition);
}

std::set<std::string> InternalAddresses(const std::vector<Struct>& nodes) {
  std::set<std::string> addresses;
  for (const Struct& node : nodes) {
    const Value* const list = Find(node, {"status", "addresses"});
    if (list == nullptr) {
      continue;
    }
    for (const Value& item : list->list_value().values()) {
      if (TextAt(item.struct_value(), {"type"}) == "InternalIP") {
        addresses.insert(TextAt(item.struct_value(), {"address"}));
      }
    }
  }
  return addresses;
}

Verdict NodesReport(const HealthScene& scene) {
  if (scene.nodes.empty()) {
    const std::string own = scene.names.empty() ? "" : scene.names.front().spec().nodename();
    const bool there = std::ranges::contains(scene.cluster.nodes, own, NameOf);
    return there ? Good() : NotYet(std::format("node {} is not registered", own));
  }
  const std::set<std::string> reported = InternalAddresses(scene.cluster.nodes);
  for (const std::string& address : scene.nodes) {
    if (!reported.contains(address)) {
      return NotYet(std::format("no node reports the address {}", address));
    }
  }
  return Good();
}

bool IsControlPlane(const Struct& node) {
  return Find(node, {"metadata", "labels", "node-role.kubernetes.io/control-plane"}) != nullptr;
}

// Where control planes are: as the client says, or this one and those that the cluster has.
std::set<std::string> ControlPlaneAddresses(const HealthScene& scene) {
  if (!scene.control_planes.empty()) {
    return {scene.control_planes.begin(), scene.control_planes.end()};
  }
  std::vector<Struct> nodes;
  std::ranges::copy_if(scene.cluster.nodes, std::back_inserter(nodes), IsControlPlane);
  std::set<std::string> addresses = InternalAddresses(nodes);
  for (const auto& row : scene.etcd_specs) {
    for (const common::NetIP& address : row.spec().advertised_addresses()) {
      addresses.insert(ToText(address));
    }
  }
  return addresses;
}

Verdict MembersAreControlPlanes(const HealthScene& scene) {
  if (scene.etcd_roots.empty() || scene.members.views.empty()) {
    return Skip();
  }
  const std::set<std::string> addresses = ControlPlaneAddresses(scene);
  for (const auto& member : scene.members.views.front().members.members()) {
    for (const std::string& url : member.peer_urls()) {
      if (!addresses.contains(HostOfUrl(url))) {
        return NotYet(std::format("the member {} is at {}, which is no control plane's address",
                                  member.name().empty() ? "that has not begun" : member.name(),
                                  url));
      }
    }
  }
  return Good();
}

// Each program of the control plane on each of its nodes, until `look` says what is missing.
template <class F>
Verdict ForEachProgram(const HealthScene& scene, F look) {
  for (const Struct& node : scene.cluster.nodes) {
    for (const auto& row : scene.static_pods) {
      if (!IsControlPlane(node) || !row.id().starts_with("kube-")) {
        continue;
      }
      const std::string name = std::format("{}-{}", row.id(), NameOf(node));
      const auto pod = std::ranges::find(scene.cluster.pods, name, NameOf);
      if (pod == scene.cluster.pods.end()) {
        return NotYet(std::format("pod kube-system/{} is not there", name));
      }
      if (std::string cause = look(*pod); !cause.empty()) {
        return NotYet(std::format("pod kube-system/{}: {}", name, cause));
      }
    }
  }
  return Good();
}

Verdict StaticPodsRun(const HealthScene& scene) {
  return ForEachProgram(scene, [](const Struct& pod) {
    const std::string phase = TextAt(pod, {"status", "phase"});
    return phase == "Running" ? "" : "it is " + (phase.empty() ? "not started" : phase);
  });
}

Verdict ComponentsAreReady(const HealthScene& scene) {
  return ForEachProgram(
      scene, [](const Struct& pod) { return Meets(pod, "Ready") ? "" : WhyNot(pod, "Ready"); });
}

bool HasNoNetwork(const HealthScene& scene) {
  return !scene.manifests.empty() && scene.manifests.front().spec().cni_name() == "none";
}

Verdict NodesAreReady(const HealthScene& scene) {
  if (HasNoNetwork(scene)) {
    const auto missing = scene.diagnostics.find(kNetworkDiagnostic);
    return Skip(missing == scene.diagnostics.end() ? "" : missing->spec().message());
  }
  for (const Struct& node : scene.cluster.nodes) {
    if (!Meets(node, "Ready")) {
      return NotYet(std::format("node {}: {}", NameOf(node), WhyNot(node, "Ready")));
    }
  }
  return Good();
}

double NumberAt(const Struct& object, std::initializer_list<std::string_view> path) {
  const Value* const number = Find(object, path);
  return number == nullptr ? 0 : number->number_value();
}

Verdict ProxyIsReady(const HealthScene& scene) {
  const auto& set = scene.cluster.proxy_daemon_set;
  if (!set.has_value()) {
    return Skip();
  }
  const double wanted = NumberAt(*set, {"status", "desiredNumberScheduled"});
  const double ready = NumberAt(*set, {"status", "numberReady"});
  return wanted > 0 && ready >= wanted
             ? Good()
             : NotYet(std::format("{} of {} pods are ready", ready, wanted));
}

Verdict ResolverIsReady(const HealthScene& scene) {
  const auto& deployment = scene.cluster.resolver;
  if (!deployment.has_value() || HasNoNetwork(scene)) {
    return Skip();
  }
  const double wanted = NumberAt(*deployment, {"spec", "replicas"});
  const double ready = NumberAt(*deployment, {"status", "readyReplicas"});
  return ready >= wanted ? Good() : NotYet(std::format("{} of {} pods are ready", ready, wanted));
}

Verdict NodesAreOpen(const HealthScene& scene) {
  for (const Struct& node : scene.cluster.nodes) {
    const Value* const closed = Find(node, {"spec", "unschedulable"});
    if (closed != nullptr && closed->bool_value()) {
      return NotYet(std::format("node {} takes no pods: it is cordoned", NameOf(node)));
    }
  }
  return Good();
}

using enum HealthCheck::Source;

constexpr std::array kChecks = {
    HealthCheck{"etcd to be healthy", EtcdIsHealthy, kMachine},
    HealthCheck{"etcd members to be consistent across nodes", MembersAgree, kMembers},
    HealthCheck{"etcd members to be control plane nodes", MembersAreControlPlanes, kMembers},
    HealthCheck{"apid to be ready", ApidIsReady, kMachine},
    HealthCheck{"all nodes memory sizes", MemoryIsEnough, kMachine},
    HealthCheck{"all nodes disk sizes", DiskIsEnough, kMachine},
    HealthCheck{"no diagnostics", NothingIsDiagnosed, kMachine},
    HealthCheck{"kubelet to be healthy", KubeletIsHealthy, kMachine},
    HealthCheck{"all nodes to finish boot sequence", BootIsOver, kMachine},
    HealthCheck{"all k8s nodes to report", NodesReport, kCluster},
    HealthCheck{"all control plane static pods to be running", StaticPodsRun, kCluster},
    HealthCheck{"all control plane components to be ready", ComponentsAreReady, kCluster},
    HealthCheck{"all k8s nodes to report ready", NodesAreReady, kCluster},
    HealthCheck{"kube-proxy to report ready", ProxyIsReady, kCluster},
    HealthCheck{"coredns to report ready", ResolverIsReady, kCluster},
    HealthCheck{"all k8s nodes to report schedulable", NodesAreOpen, kCluster},
};

// Whether what a condition needs was seen.
absl::Status SeenOf(const HealthCheck& check, const HealthScene& scene) {
  switch (check.source) {
    case kMembers:
      return scene.members.status;
    case kCluster:
      return scene.cluster.status;
    case kMachine:
      break;
  }
  return absl::OkStatus();
}

// The items of a list; the error stays in `sight`.
std::vector<Struct> ItemsOf(kube::Api& api, const std::string& path, ClusterSight& sight) {
  std::vector<Struct> items;
  absl::StatusOr<Struct> list = api.Do({.path = path});
  sight.status.Update(list.status());
  const Value* const found = list.ok() ? Find(*list, {"items"}) : nullptr;
  if (found != nullptr) {
    for (const Value& item : found->list_value().values()) {
      items.push_back(item.struct_value());
    }
  }
  return items;
}

std::optional<Struct> IfThere(kube::Api& api, const std::string& path, ClusterSight& sight) {
  absl::StatusOr<Struct> object = api.Do({.path = path});
  if (object.ok()) {
    return *std::move(object);
  }
  if (!absl::IsNotFound(object.status())) {
    sight.status.Update(object.status());
  }
  return std::nullopt;
}

}  // namespace

ClusterSight LookAtCluster(kube::Api& api) {
  ClusterSight sight;
  sight.nodes = ItemsOf(api, "/api/v1/nodes", sight);
  if (!sight.status.ok()) {
    return sight;
  }
  sight.pods = ItemsOf(api, "/api/v1/namespaces/kube-system/pods", sight);
  const std::string apps = "/apis/apps/v1/namespaces/kube-system/";
  sight.proxy_daemon_set = IfThere(api, apps + "daemonsets/kube-proxy", sight);
  sight.resolver = IfThere(api, apps + "deployments/coredns", sight);
  return sight;
}

std::span<const HealthCheck> HealthChecks() {
  return kChecks;
}

Verdict LookWith(const HealthCheck& check, const HealthScene& scene) {
  const absl::Status seen = SeenOf(check, scene);
  Verdict verdict = seen.ok() ? check.look(scene) : NotYet(std::string(seen.message()));
  if (verdict.kind != Verdict::Kind::kNotYet || check.look == MemoryIsEnough ||
      check.look == DiskIsEnough) {
    return verdict;
  }
  for (const std::string_view id : {kSpaceDiagnostic, kKubernetesDiagnostic}) {
    if (const auto known = scene.diagnostics.find(id); known != scene.diagnostics.end()) {
      return NotYet(known->spec().message());
    }
  }
  return verdict;
}

std::string DiscoveredNodes(const HealthScene& scene) {
  const std::set<std::string> addresses =
      scene.nodes.empty() ? InternalAddresses(scene.cluster.nodes)
                          : std::set<std::string>(scene.nodes.begin(), scene.nodes.end());
  return std::format("discovered nodes: [{}]", absl::StrJoin(addresses, " "));
}

}  // namespace ichor
