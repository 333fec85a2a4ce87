// What a node of a cluster has around it: a name that leads to it, addresses that its pods say to
// be, who starts it again, and what is wrong there.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <format>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/kubernetes/ask.h"
#include "qemu-tests/kubernetes/kubernetes_node.h"
#include "qemu-tests/kubernetes/name_server.h"
#include "qemu-tests/kubernetes/writer.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;

constexpr const char* kEndpoint = "api.cluster.test";
// What QEMU's networks give a machine.
constexpr const char* kIpv4 = "10.0.2.15";
constexpr const char* kIpv6 = "fec0::5054:ff:fe12:3456";

// The node resolves names by the server of this machine, and takes pods soon after there is room.
constexpr const char* kNamed = R"(cluster:
  controlPlane: {endpoint: "https://api.cluster.test:6443"}
---
apiVersion: v1alpha1
kind: ResolverConfig
nameservers: [{address: 10.0.2.2}]
---
apiVersion: v1alpha1
kind: KubeletConfig
config: {evictionPressureTransitionPeriod: 20s}
)";

// `admin` sees the node's network and disk, and says to be an address; a full disk does not end it.
constexpr const char* kAdmin = R"(
apiVersion: v1
kind: Pod
metadata: {name: admin, namespace: kube-system}
spec:
  hostNetwork: true
  dnsPolicy: Default
  priorityClassName: system-node-critical
  tolerations: [{operator: Exists}]
  terminationGracePeriodSeconds: 0
  volumes:
    - {name: var, hostPath: {path: /var}}
    - {name: programs, configMap: {name: programs, defaultMode: 0755}}
  containers:
    - name: shell
      image: docker.io/library/busybox:1.37
      command: [sleep, "1000000"]
      securityContext: {privileged: true}
      volumeMounts: [{name: var, mountPath: /host}]
    - name: speaker
      image: docker.io/library/busybox:1.37
      command: [/programs/answer_arp, 10.0.2.200]
      volumeMounts: [{name: programs, mountPath: /programs}]
      securityContext: {capabilities: {add: [NET_RAW]}}
    - name: kubectl
      image: ghcr.io/siderolabs/kubelet:v1.36.0
      command: [sleep, infinity]
)";

constexpr const char* kWeb = R"(
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: httpd
      image: docker.io/library/busybox:1.37
      command: [sh, -c, "mkdir /www; echo it is served > /www/index.html; exec httpd -f -p 8080 -h /www"]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
)";

std::string InAdmin(KubernetesNode& node, const std::string& container, const std::string& script) {
  return Ask(node.kubectl(),
             {"-n", "kube-system", "exec", "admin", "-c", container, "--", "sh", "-c", script});
}

// kubectl on the node, by the name that the config says.
void AnswersByName(KubernetesNode& node) {
  const std::string script = std::format(
      "d=/var/run/secrets/kubernetes.io/serviceaccount; kubectl --server=https://{}:6443 "
      "--certificate-authority=$d/ca.crt --token=$(cat $d/token) get --raw /version",
      kEndpoint);
  CHECK_THAT(InAdmin(node, "kubectl", script), ContainsSubstring("\"gitVersion\": \"v1.36.0\""));
}

// The name is learned later, by one family of addresses after the other.
void LearnsItsName(KubernetesNode& node, const NameServer& names) {
  REQUIRE_THAT(names.Answer("A", kIpv4), IsOk());
  Diagnoses(node.api(), "kubernetes", "");
  AnswersByName(node);
  REQUIRE_THAT(names.Answer("AAAA", kIpv6), IsOk());
  InAdmin(
      node, "shell",
      std::format("nslookup {0} | grep {1} && ! nslookup {0} | grep {2}", kEndpoint, kIpv6, kIpv4));
  AnswersByName(node);
  Diagnoses(node.api(), "kubernetes", "");
}

// Who asks by ARP for an address that a pod says to be reaches what the cluster serves there.
void ServesAnAddress(KubernetesNode& node) {
  const Kubectl& kubectl = node.kubectl();
  REQUIRE_THAT(kubectl.Apply(kWeb), IsOk());
  Ask(kubectl, {"patch", "service", "web", "--subresource=status", "--type=merge", "-p",
                std::format(R"({{"status":{{"loadBalancer":{{"ingress":[{{"ip":"{}"}}]}}}}}})",
                            KubernetesNode::kServedAddress)});
  CHECK_THAT(Fetched(std::format("http://127.0.0.1:{}/", node.machine().served_port())),
             ContainsSubstring("it is served"));
}

// Balancers of others leave a control plane out until its owner says so.
void IsLeftOutByBalancers(KubernetesNode& node) {
  constexpr const char* kLabel = "node.kubernetes.io/exclude-from-external-load-balancers";
  const Kubectl& kubectl = node.kubectl();
  const std::string selected = std::string("-l=") + kLabel;
  CHECK_THAT(Ask(kubectl, {"get", "nodes", "-o", "name", selected}), ContainsSubstring("node/"));
  REQUIRE_THAT(node.Patch(std::format("apiVersion: v1alpha1\nkind: KubeNodeConfig\nlabels:\n"
                                      "  {}: {{$patch: delete}}\n",
                                      kLabel)),
               IsOk());
  const std::string owned =
      R"({.metadata.annotations.talos\.dev/owned-labels}=["node-role.kubernetes.io/control-plane"])";
  Ask(kubectl, {"wait", "nodes", "--all", "--timeout=10m", "--for=jsonpath=" + owned});
  CHECK_THAT(Ask(kubectl, {"get", "nodes", "-o", "name", selected}), !ContainsSubstring("node/"));
}

// Whoever starts the node again knows when it is ready, and nothing is lost by it.
void IsStartedAgain(KubernetesNode& node) {
  const auto writer = Writer::Start(node.kubectl(), "reboot");
  REQUIRE_THAT(writer.status(), IsOk());
  REQUIRE_THAT(writer->Await(15), IsOk());
  REQUIRE_THAT(node.Ctl({"reboot", "--wait", "--timeout", "25m", "--progress", "plain"}).status(),
               IsOk());
  CHECK_THAT(
      Ask(node.kubectl(), {"get", "nodes", "-o",
                           R"(jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status})"}),
      ContainsSubstring("True"));
  KeepsAll(node.kubectl(), *writer);
  REQUIRE_THAT(node.AwaitReady(), IsOk());
  RunPod(node.kubectl(), "after-reboot");
}

// An API that is not of this cluster's Kubernetes is no API server of it: the node's own here.
void IsOfAnotherCluster(KubernetesNode& node) {
  const std::string patch = "apiVersion: v1alpha1\nkind: KubeClusterConfig\nendpoint: ";
  REQUIRE_THAT(node.Patch(patch + "https://10.0.2.15:50000\n"), IsOk());
  Diagnoses(node.api(), "kubernetes",
            "the API server at 10.0.2.15:50000 is of another cluster: its certificate is not of "
            "this cluster's CA");
  REQUIRE_THAT(node.Patch(patch + "https://api.cluster.test:6443\n"), IsOk());
  Diagnoses(node.api(), "kubernetes", "");
}

// A disk that is full is said to be, and nobody has to do more than to make room.
void IsFull(KubernetesNode& node) {
  InAdmin(node, "shell",
          "free=$(busybox df -k /host | tail -n 1 | awk '{print $4}'); "
          "busybox fallocate -l $(((free - 200000) * 1024)) /host/big");
  Diagnoses(node.api(), "ephemeral-full", "EPHEMERAL is nearly full");
  const auto health = node.Ctl({"health", "--wait-timeout", "5s"});
  CHECK_THAT(std::string(health.status().message()), ContainsSubstring("EPHEMERAL is nearly full"));
  InAdmin(node, "shell", "rm /host/big");
  Diagnoses(node.api(), "ephemeral-full", "");
  Ask(node.kubectl(),
      {"wait", "nodes", "--all", "--for=condition=DiskPressure=false", "--timeout=10m"});
  RunPod(node.kubectl(), "after-full-disk");
}

TEST_CASE("kubernetes: what is around a node, and what is wrong there",
          "[.][long][kubernetes][amd64]") {
  const auto names = NameServer::Start(kEndpoint);
  REQUIRE_THAT(names.status(), IsOk());
  const auto made = KubernetesNode::Create({kNamed});
  REQUIRE_THAT(made.status(), IsOk());
  KubernetesNode& node = **made;
  REQUIRE_THAT(node.Boot(), IsOk());
  REQUIRE_THAT(node.Bootstrap(), IsOk());
  REQUIRE_THAT(node.AwaitReady(), IsOk());
  Diagnoses(node.api(), "kubernetes",
            "the name of the cluster's endpoint does not resolve: api.cluster.test");
  Ask(node.kubectl(), {"-n", "kube-system", "create", "configmap", "programs",
                       "--from-file=/ichor/build/release-amd64/bin/answer_arp"});
  REQUIRE_THAT(node.kubectl().Apply(kAdmin), IsOk());

  LearnsItsName(node, *names);
  ServesAnAddress(node);
  IsLeftOutByBalancers(node);
  IsStartedAgain(node);
  IsOfAnotherCluster(node);
  IsFull(node);
}

// With a clock that nobody sets, the certificates of the cluster are those of tomorrow, and no
// client gets in: the console says why.
TEST_CASE("kubernetes: a clock that is a day behind is what a node names",
          "[.][long][kubernetes][amd64]") {
  const auto yesterday =
      std::chrono::floor<std::chrono::seconds>(base::RealClock().Now()) - std::chrono::days(1);
  const auto cluster = NewCluster({"machine:\n  install: {disk: /dev/vda}\n",
                                   "apiVersion: v1alpha1\nkind: TimeSyncConfig\nenabled: false\n"});
  REQUIRE_THAT(cluster.status(), IsOk());
  auto machine = Machine::Create({.clock = std::format("{:%FT%T}", yesterday)}, "yesterday");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  REQUIRE_THAT(WaitForMaintenance(machine->api()), IsOk());
  REQUIRE_THAT(
      machine->api().Apply(cluster->config, machine::ApplyConfigurationRequest::AUTO).status(),
      IsOk());
  CHECK_THAT(
      machine->WaitForLine(std::format("kubernetes: the clock is wrong: it says {:%F}", yesterday)),
      IsOk());
}

}  // namespace
}  // namespace ichor::qemu
