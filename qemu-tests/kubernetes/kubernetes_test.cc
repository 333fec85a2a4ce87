// A cluster of one node with the default config: what runs in it, and what its node outlives.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdint>
#include <format>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/common.pb.h"
#include "ichor/service.resources.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"
#include "qemu-tests/kubernetes/ask.h"
#include "qemu-tests/kubernetes/kubernetes_node.h"
#include "qemu-tests/kubernetes/writer.h"
#include "qemu-tests/long.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;
using services::ProcessStatus;

// `client` is an ordinary pod; `admin` one that sees the node.
constexpr const char* kPods = R"(
apiVersion: v1
kind: Pod
metadata: {name: client}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: shell
      image: docker.io/library/busybox:1.37
      command: [sh, -c, "echo the client begins; sleep 1000000"]
    - name: kubectl
      image: ghcr.io/siderolabs/kubelet:v1.36.0
      command: [sleep, infinity]
---
apiVersion: v1
kind: Pod
metadata: {name: admin, namespace: kube-system}
spec:
  hostPID: true
  hostNetwork: true
  terminationGracePeriodSeconds: 0
  containers:
    - name: shell
      image: docker.io/library/busybox:1.37
      command: [sleep, "1000000"]
      securityContext: {privileged: true}
      volumeMounts: [{name: host, mountPath: /host, readOnly: true}]
  volumes: [{name: host, hostPath: {path: /}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: httpd
          image: docker.io/library/busybox:1.37
          command: [sh, -c, "mkdir /www; hostname > /www/index.html; exec httpd -f -p 8080 -h /www"]
          readinessProbe: {tcpSocket: {port: 8080}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
)";

// What `script` prints in a container of the pod `client`.
std::string InPod(const Kubectl& kubectl, const std::string& container, const std::string& script) {
  return Ask(kubectl, {"exec", "client", "-c", container, "--", "sh", "-c", script});
}

// The API server, by the name and the address that a pod has of it, as the pod's own account.
void PodReachesApiServer(const Kubectl& kubectl) {
  CHECK_THAT(InPod(kubectl, "shell", "nslookup kubernetes.default.svc.cluster.local"),
             ContainsSubstring("10.96.0.1"));
  CHECK_THAT(InPod(kubectl, "kubectl",
                   "d=/var/run/secrets/kubernetes.io/serviceaccount; kubectl "
                   "--server=https://kubernetes.default.svc --certificate-authority=$d/ca.crt "
                   "--token=$(cat $d/token) get --raw /version"),
             ContainsSubstring("\"gitVersion\": \"v1.36.0\""));
}

// All three pods behind the Service answer.
void ServiceAnswers(const Kubectl& kubectl) {
  const std::string said = InPod(
      kubectl, "shell",
      "i=0; while [ $i -lt 40 ]; do wget -q -T 10 -O - http://web.default.svc.cluster.local || "
      "exit 1; i=$((i+1)); done");
  std::istringstream lines(said);
  std::set<std::string> names;
  for (std::string name; std::getline(lines, name);) {
    names.insert(name);
  }
  CHECK(names.size() == 3);
}

// What clients of the node see of its pods.
void NodeShowsContainers(NodeApi& api) {
  machine::ContainersRequest request;
  request.set_namespace_("k8s.io");
  request.set_driver(common::CRI);
  const auto messages = api.Call("/machine.MachineService/Containers", request.SerializeAsString());
  REQUIRE_THAT(messages, IsOk());
  machine::ContainersResponse containers;
  REQUIRE(containers.ParseFromString(messages->front()));
  const auto& rows = containers.messages(0).containers();
  CHECK(std::ranges::any_of(rows, [](const auto& row) {
    return row.name() == "shell" && row.pod_id() == "default/client" &&
           row.status() == "CONTAINER_RUNNING" && row.pid() != 0;
  }));

  machine::StatsRequest stats_request;
  stats_request.set_namespace_("k8s.io");
  stats_request.set_driver(common::CRI);
  const auto answers = api.Call("/machine.MachineService/Stats", stats_request.SerializeAsString());
  REQUIRE_THAT(answers, IsOk());
  machine::StatsResponse stats;
  REQUIRE(stats.ParseFromString(answers->front()));
  CHECK(std::ranges::any_of(stats.messages(0).stats(), [](const auto& row) {
    return row.name() == "kube-apiserver" && row.memory_usage() > 0 && row.cpu_usage() > 0;
  }));
}

// All that must be the same while daemons of the node come and go.
struct Self {
  std::string pods;     // with annotations, containers and how often they were started
  std::string secrets;  // every file of them, by its hash
  std::vector<std::int32_t> processes;

  bool operator==(const Self&) const = default;
};

Self SelfOf(KubernetesNode& node) {
  const std::string pods =
      "jsonpath={range .items[*]}{.metadata.name} {.metadata.annotations} "
      "{.status.containerStatuses[*].containerID} "
      "{.status.containerStatuses[*].restartCount}{\"\\n\"}{end}";
  const std::string hashes =
      "find /host/system/secrets /host/etc/kubernetes -type f | sort | xargs busybox sha256sum";
  Self self;
  self.pods = Ask(node.kubectl(), {"get", "pods", "-A", "-o", pods});
  self.secrets =
      Ask(node.kubectl(), {"-n", "kube-system", "exec", "admin", "--", "sh", "-c", hashes});
  const auto processes = node.api().List<ProcessStatus>();
  REQUIRE_THAT(processes, IsOk());
  for (const char* const service : {"cri", "etcd", "kubelet"}) {
    const auto row = processes->find(service);
    REQUIRE(row != processes->end());
    self.processes.push_back(row->spec().pid());
  }
  return self;
}

bool IsWell(const Row<v1alpha1::Service>& row) {
  return row.spec().running() && (row.spec().healthy() || row.spec().unknown());
}

// Kills a daemon of the node from a pod, and waits until another is in its place and all is well.
void KillFromPod(KubernetesNode& node, const std::string& daemon) {
  const auto pid_of = [&](const auto& rows) {
    const auto row = rows.find(daemon);
    return row == rows.end() ? 0 : row->spec().pid();
  };
  const auto before = node.api().List<ProcessStatus>();
  REQUIRE_THAT(before, IsOk());
  Ask(node.kubectl(), {"-n", "kube-system", "exec", "admin", "--", "kill", "-9",
                       std::format("{}", pid_of(*before))});
  REQUIRE_THAT(
      node.api().WaitFor<ProcessStatus>(
          "another " + daemon,
          [&](const auto& rows) { return pid_of(rows) != 0 && pid_of(rows) != pid_of(*before); }),
      IsOk());
  REQUIRE_THAT(WaitForRunning(node.api()), IsOk());
  REQUIRE_THAT(
      node.api().WaitFor<v1alpha1::Service>(
          "well services",
          [](const auto& rows) { return !rows.empty() && std::ranges::all_of(rows, IsWell); }),
      IsOk());
}

// Everything is back after the node was off: what was written, and what ran.
void IsBack(KubernetesNode& node, const Writer& writer) {
  KeepsAll(node.kubectl(), writer);
  const auto messages = node.api().Call("/machine.MachineService/EtcdStatus", "");
  REQUIRE_THAT(messages, IsOk());
  machine::EtcdStatusResponse status;
  REQUIRE(status.ParseFromString(messages->front()));
  CHECK(status.messages(0).member_status().errors().empty());
  CHECK(status.messages(0).member_status().leader() ==
        status.messages(0).member_status().member_id());
}

TEST_CASE("kubernetes: a node of its own is ready, and its pods do what pods do",
          "[kubernetes][amd64]") {
  const auto made = KubernetesNode::Create();
  REQUIRE_THAT(made.status(), IsOk());
  KubernetesNode& node = **made;
  const Kubectl& kubectl = node.kubectl();
  REQUIRE_THAT(node.Boot(), IsOk());
  REQUIRE_THAT(node.Bootstrap(), IsOk());
  REQUIRE_THAT(node.AwaitReady(), IsOk());
  REQUIRE_THAT(kubectl.Apply(kPods), IsOk());
  Ask(kubectl, {"rollout", "status", "deployment/web", "--timeout=10m"});
  Ask(kubectl, {"wait", "pods", "-A", "--all", "--for=condition=Ready", "--timeout=10m"});

  PodReachesApiServer(kubectl);
  ServiceAnswers(kubectl);
  CHECK_THAT(Ask(kubectl, {"logs", "client", "-c", "shell"}),
             ContainsSubstring("the client begins"));
  NodeShowsContainers(node.api());
  CHECK_THAT(node.Ctl({"health", "--wait-timeout", "10m"}).status(), IsOk());

  const Self self = SelfOf(node);
  for (const char* const daemon : {"machined", "networkd", "apid"}) {
    KillFromPod(node, daemon);
  }
  RunPod(kubectl, "after-kills");
  const Self after = SelfOf(node);
  CHECK(after.pods == self.pods);
  CHECK(after.secrets == self.secrets);
  CHECK(after.processes == self.processes);

  for (int i = 0; i < Repeats(2, 10); ++i) {
    INFO(std::format("cut {}", i));
    auto writer = Writer::Start(kubectl, std::format("cut{}", i));
    REQUIRE_THAT(writer, IsOk());
    REQUIRE_THAT(writer->Await(15), IsOk());
    REQUIRE_THAT(node.CutPower(), IsOk());
    IsBack(node, *writer);
  }
  PodReachesApiServer(kubectl);
  ServiceAnswers(kubectl);
  RunPod(kubectl, "after-cuts");
}

}  // namespace
}  // namespace ichor::qemu
