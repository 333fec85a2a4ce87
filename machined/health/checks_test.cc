#include "machined/health/checks.h"

#include <algorithm>
#include <format>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/kube/fake_api.h"
#include "lib/resource/yaml.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using google::protobuf::Struct;

Struct Yaml(const std::string& text) {
  Struct object;
  REQUIRE(FromYaml(text, object).ok());
  return object;
}

constexpr const char* kNode =
    "metadata: {name: n1, labels: {node-role.kubernetes.io/control-plane: \"\"}}\n"
    "status: {addresses: [{type: InternalIP, address: 10.0.0.1}], conditions: "
    "[{type: Ready, status: \"True\"}]}";
constexpr const char* kPod =
    "metadata: {name: kube-apiserver-n1}\n"
    "status: {phase: Running, conditions: [{type: Ready, status: \"True\"}]}";

// What the etcd at `host` says of its members: a pair of id and name each, at 10.0.0.ID.
MembersView View(std::string host, const std::vector<std::pair<int, std::string>>& members) {
  MembersView view{.host = std::move(host), .members = {}};
  for (const auto& [id, name] : members) {
    etcdserverpb::Member& member = *view.members.add_members();
    member.set_id(id);
    member.set_name(name);
    member.add_peer_urls(std::format("https://10.0.0.{}:2380", id));
  }
  return view;
}

// A cluster of one node that does all that it should.
HealthScene Well() {
  return {
      .services = AllOf<v1alpha1::Service>({{"apid", "running: true healthy: true"},
                                            {"etcd", "running: true healthy: true"},
                                            {"kubelet", "running: true healthy: true"}}),
      .etcd_roots = AllOf<secrets::EtcdRootSecret>({{"etcd", ""}}),
      .etcd_specs =
          AllOf<etcd::EtcdSpec>({{"etcd", "advertised_addresses: {ip: '\\n\\000\\000\\001'}"}}),
      .kubelets = AllOf<k8s::KubeletConfig>({{"kubelet", ""}}),
      .names = AllOf<k8s::Nodename>({{"nodename", "nodename: 'n1'"}}),
      .static_pods = AllOf<k8s::StaticPod>({{"kube-apiserver", ""}, {"own", ""}}),
      .manifests = AllOf<k8s::BootstrapManifestsConfig>({{"manifests", "cni_name: 'flannel'"}}),
      .types = AllOf<config::MachineType>({{"machine-type", "machine_type: CONTROL_PLANE"}}),
      .machines = AllOf<runtime::MachineStatus>({{"machine", "stage: MACHINE_STAGE_RUNNING"}}),
      .diagnostics = AllOf<runtime::Diagnostic>({{"config-coverage", "message: 'later'"}}),
      .volumes = AllOf<block::VolumeStatus>({{"EPHEMERAL", "size: 10000000000"}}),
      .memory_bytes = std::uint64_t{2} << 30U,
      .nodes = {},
      .control_planes = {},
      .members = {.status = {}, .views = {View("127.0.0.1", {{1, "n1"}})}},
      .cluster = {.status = {},
                  .nodes = {Yaml(kNode)},
                  .pods = {Yaml(kPod)},
                  .proxy_daemon_set = Yaml("status: {desiredNumberScheduled: 1, numberReady: 1}"),
                  .resolver = Yaml("spec: {replicas: 2}\nstatus: {readyReplicas: 2}")}};
}

// The conditions that are not met, with their causes, and those that are left out.
std::string Missing(const HealthScene& scene) {
  std::string text;
  for (const HealthCheck& check : HealthChecks()) {
    const Verdict verdict = check.look(scene);
    if (verdict.kind == Verdict::Kind::kNotYet) {
      text += std::string(check.condition) + ": " + verdict.cause + "\n";
    } else if (verdict.kind == Verdict::Kind::kSkipped) {
      text += std::string(check.condition) + ": SKIP\n";
    }
  }
  return text;
}

}  // namespace

TEST_CASE("health: nothing is missing of a cluster that does what it should") {
  CHECK(Missing(Well()).empty());
  CHECK(DiscoveredNodes(Well()) == "discovered nodes: [10.0.0.1]");
}

TEST_CASE("health: what the machine knows itself is the cause of all that waits for it") {
  HealthScene scene = Well();
  scene.services = AllOf<v1alpha1::Service>({{"apid", "running: true healthy: true"}});
  scene.cluster.status = absl::UnavailableError("connection refused");
  scene.diagnostics = AllOf<runtime::Diagnostic>({{"kubernetes", "message: 'etcd waits'"}});
  scene.memory_bytes = 0;
  const auto cause = [&scene](std::string_view condition) {
    const auto check = std::ranges::find(HealthChecks(), condition, &HealthCheck::condition);
    return LookWith(*check, scene).cause;
  };
  CHECK(cause("etcd to be healthy") == "etcd waits");
  CHECK(cause("apid to be ready").empty());
  CHECK(cause("all nodes memory sizes") == "this machine has 0 MiB of memory, of at least 1698");
  CHECK(cause("no diagnostics") == "etcd waits");
  CHECK(cause("all k8s nodes to report") == "etcd waits");
  scene.diagnostics = AllOf<runtime::Diagnostic>(
      {{"ephemeral-full", "message: 'EPHEMERAL is full'"}, {"kubernetes", "message: 'later'"}});
  CHECK(cause("etcd to be healthy") == "EPHEMERAL is full");
  scene.diagnostics = AllOf<runtime::Diagnostic>({});
  CHECK(cause("etcd to be healthy") == "service etcd is not there");
  CHECK(cause("all k8s nodes to report") == "connection refused");
}

TEST_CASE("health: a container network that is left to others is named, and not waited for") {
  HealthScene scene = Well();
  scene.manifests = AllOf<k8s::BootstrapManifestsConfig>({{"manifests", "cni_name: 'none'"}});
  scene.diagnostics = AllOf<runtime::Diagnostic>({{"cni", "message: 'CNI: none installed'"}});
  const auto check =
      std::ranges::find(HealthChecks(), "all k8s nodes to report ready", &HealthCheck::condition);
  CHECK(LookWith(*check, scene).kind == Verdict::Kind::kSkipped);
  CHECK(LookWith(*check, scene).cause == "CNI: none installed");
  CHECK_FALSE(Missing(scene).contains("no diagnostics"));
}

TEST_CASE("health: services, in their turn") {
  HealthScene scene = Well();
  scene.services =
      AllOf<v1alpha1::Service>({{"etcd", "running: false"}, {"kubelet", "running: true"}});
  CHECK(Missing(scene) ==
        "etcd to be healthy: service etcd does not run\n"
        "apid to be ready: service apid is not there\n"
        "kubelet to be healthy: service kubelet is not healthy\n");
  scene = Well();
  scene.etcd_roots = AllOf<secrets::EtcdRootSecret>({});
  scene.kubelets = AllOf<k8s::KubeletConfig>({});
  CHECK(Missing(scene) ==
        "etcd to be healthy: SKIP\n"
        "etcd members to be consistent across nodes: SKIP\n"
        "etcd members to be control plane nodes: SKIP\n"
        "kubelet to be healthy: SKIP\n");
}

TEST_CASE("health: etcd's members are the same everywhere, and are the control plane") {
  HealthScene scene = Well();
  scene.members.views = {View("127.0.0.1", {{2, "n2"}, {1, "n1"}}),
                         View("10.0.0.2", {{1, "n1"}, {2, "n2"}})};
  CHECK(Missing(scene) ==
        "etcd members to be control plane nodes: the member n2 is at https://10.0.0.2:2380, which "
        "is no control plane's address\n");
  scene.control_planes = {"10.0.0.1", "10.0.0.2"};
  CHECK(Missing(scene).empty());
  scene.control_planes = {"10.0.0.2"};
  CHECK(Missing(scene).contains("the member n1 is at https://10.0.0.1:2380"));
  scene = Well();
  scene.members.views.push_back(View("10.0.0.2", {{1, "n1"}, {26, ""}}));
  scene.members.views.back().members.mutable_members(1)->set_is_learner(true);
  CHECK(Missing(scene) ==
        "etcd members to be consistent across nodes: 127.0.0.1 has the members n1 (id 1); "
        "10.0.0.2 has ? (id 1a, learner), n1 (id 1)\n");
  scene.members = {.status = absl::UnavailableError("etcd at 10.0.0.2: too late"), .views = {}};
  CHECK(LookWith(HealthChecks()[1], scene).cause == "etcd at 10.0.0.2: too late");
}

TEST_CASE("health: a machine that is too small, not up, or not well") {
  HealthScene scene = Well();
  scene.memory_bytes = std::uint64_t{1} << 30U;
  scene.volumes = AllOf<block::VolumeStatus>({{"EPHEMERAL", "size: 1048576"}});
  scene.diagnostics = AllOf<runtime::Diagnostic>({{"disk", "message: 'it is full'"}});
  scene.machines = AllOf<runtime::MachineStatus>({{"machine", "stage: MACHINE_STAGE_BOOTING"}});
  CHECK(Missing(scene) ==
        "all nodes memory sizes: this machine has 1024 MiB of memory, of at least 1698\n"
        "all nodes disk sizes: EPHEMERAL has 1 MiB, of at least 2960\n"
        "no diagnostics: disk: it is full\n"
        "all nodes to finish boot sequence: this machine is not running yet\n");
  scene = Well();
  scene.memory_bytes = std::uint64_t{1} << 30U;
  scene.types = AllOf<config::MachineType>({{"machine-type", "machine_type: WORKER"}});
  CHECK(Missing(scene).empty());
}

TEST_CASE("health: nodes and pods, one cause at a time") {
  HealthScene scene = Well();
  scene.cluster.nodes.clear();
  CHECK(Missing(scene).contains("all k8s nodes to report: node n1 is not registered\n"));
  scene = Well();
  scene.nodes = {"10.0.0.1", "10.0.0.2"};
  CHECK(Missing(scene) == "all k8s nodes to report: no node reports the address 10.0.0.2\n");
  CHECK(DiscoveredNodes(scene) == "discovered nodes: [10.0.0.1 10.0.0.2]");
  scene = Well();
  scene.cluster.pods = {Yaml(
      "metadata: {name: kube-apiserver-n1}\nstatus: {phase: Pending, conditions: [{type: Ready, "
      "status: \"False\", message: \"containers with unready status: [kube-apiserver]\"}]}")};
  CHECK(Missing(scene) ==
        "all control plane static pods to be running: pod kube-system/kube-apiserver-n1: it is "
        "Pending\n"
        "all control plane components to be ready: pod kube-system/kube-apiserver-n1: containers "
        "with unready status: [kube-apiserver]\n");
  scene.cluster.pods.clear();
  CHECK(Missing(scene).contains("pod kube-system/kube-apiserver-n1 is not there\n"));
}

TEST_CASE(
    "health: without a container network the node need not be ready, and says why it is not") {
  HealthScene scene = Well();
  scene.cluster.nodes = {
      Yaml("metadata: {name: n1, labels: {node-role.kubernetes.io/control-plane: \"\"}}\n"
           "spec: {unschedulable: true}\n"
           "status: {conditions: [{type: Ready, status: \"False\", message: \"cni plugin not "
           "initialized\"}]}")};
  scene.cluster.proxy_daemon_set = Yaml("status: {desiredNumberScheduled: 1}");
  scene.cluster.resolver = Yaml("spec: {replicas: 2}");
  CHECK(Missing(scene) ==
        "all k8s nodes to report ready: node n1: cni plugin not initialized\n"
        "kube-proxy to report ready: 0 of 1 pods are ready\n"
        "coredns to report ready: 0 of 2 pods are ready\n"
        "all k8s nodes to report schedulable: node n1 takes no pods: it is cordoned\n");
  scene.manifests = AllOf<k8s::BootstrapManifestsConfig>({{"manifests", "cni_name: 'none'"}});
  scene.cluster.proxy_daemon_set.reset();
  CHECK(Missing(scene) ==
        "all k8s nodes to report ready: SKIP\nkube-proxy to report ready: SKIP\n"
        "coredns to report ready: SKIP\n"
        "all k8s nodes to report schedulable: node n1 takes no pods: it is cordoned\n");
}

TEST_CASE("health: what is seen of a cluster, and why nothing is") {
  kube::FakeApi api;
  CHECK(absl::IsNotFound(LookAtCluster(api).status));
  api.Put("/api/v1/nodes/n1", Yaml(kNode));
  api.Put("/api/v1/namespaces/kube-system/pods/kube-apiserver-n1", Yaml(kPod));
  const ClusterSight sight = LookAtCluster(api);
  CHECK_THAT(sight.status, base::IsOk());
  CHECK(sight.nodes.size() == 1);
  CHECK(sight.pods.size() == 1);
  CHECK_FALSE(sight.proxy_daemon_set.has_value());
  api.failures["/api/v1/nodes"] = absl::UnavailableError("connection refused");
  CHECK_THAT(LookAtCluster(api).status,
             base::StatusIs(absl::StatusCode::kUnavailable, "connection refused"));
}

}  // namespace ichor
