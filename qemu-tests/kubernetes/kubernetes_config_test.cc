// What a config says of Kubernetes is seen at its end: a network of one's own, who may ask, what is
// kept of it, and how secrets lie on the disk.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdint>
#include <filesystem>
#include <format>
#include <string>
#include <vector>

#include "ichor/service.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/config/config.h"
#include "lib/config/migrate/migrate.h"
#include "lib/sys/file.h"
#include "qemu-tests/child_process.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/kubernetes/ask.h"
#include "qemu-tests/kubernetes/kubernetes_node.h"
#include "qemu-tests/test_files.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;

constexpr const char* kNoNetwork = R"(cluster:
  network: {cni: {name: none}}
  proxy: {disabled: true}
  coreDNS: {disabled: true}
)";

constexpr const char* kServingCertificate = R"(machine:
  kubelet: {extraConfig: {serverTLSBootstrap: true}}
)";

// Flags of an issuer are there in the one-document form only.
constexpr const char* kIssuer = R"(cluster:
  apiServer:
    extraArgs:
      oidc-issuer-url: https://issuer.example.org
      oidc-client-id: kubernetes
      oidc-username-claim: email
)";

constexpr const char* kNoIssuer = R"(cluster:
  apiServer:
    extraArgs: {$patch: delete}
)";

constexpr const char* kAuthentication = R"(apiVersion: v1alpha1
kind: KubeAuthenticationConfig
configuration:
  apiVersion: apiserver.config.k8s.io/v1
  kind: AuthenticationConfiguration
  anonymous:
    enabled: true
    conditions: [{path: /livez}, {path: /readyz}]
)";

// Who installs himself on the node, as container networks do. It writes its config last.
constexpr const char* kNetwork = R"(cluster:
  inlineManifests:
    - name: network
      contents: |
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: network, namespace: kube-system}
        spec:
          selector: {matchLabels: {app: network}}
          template:
            metadata: {labels: {app: network}}
            spec:
              hostNetwork: true
              tolerations: [{operator: Exists}]
              terminationGracePeriodSeconds: 0
              volumes:
                - {name: net, hostPath: {path: /etc/cni/net.d}}
                - {name: bin, hostPath: {path: /opt/cni/bin}}
                - {name: bpf, hostPath: {path: /sys/fs/bpf}}
                - {name: program, configMap: {name: pin-program, defaultMode: 0755}}
                - {name: secrets, hostPath: {path: /system/secrets}}
              containers:
                - name: install
                  image: docker.io/library/busybox:1.37
                  securityContext: {privileged: true}
                  volumeMounts:
                    - {name: net, mountPath: /net}
                    - {name: bin, mountPath: /opt-bin}
                    - {name: bpf, mountPath: /bpf}
                    - {name: program, mountPath: /program}
                    - {name: secrets, mountPath: /secrets}
                  command:
                    - sh
                    - -c
                    - |
                      set -e
                      cp /bin/busybox /opt-bin/of-the-network
                      [ -e /bpf/of-the-network ] || /program/pin_program /bpf/of-the-network
                      busybox tunctl -t own-tunnel
                      echo '{"cniVersion": "1.0.0", "name": "own", "plugins": [{"type": "bridge", "bridge": "own0",
                        "isDefaultGateway": true, "ipMasq": true,
                        "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.0.0/24"}]]}}]}' > /net/.new
                      mv /net/.new /net/10-own.conflist
                      sleep 1000000
)";

// Waits until what was deleted is there again, as it was.
constexpr const char* kDeletesFile = R"sh(
cd /secrets/kubernetes/kube-scheduler
sum=$(md5sum kubeconfig)
rm kubeconfig
until [ "$(md5sum kubeconfig 2>/dev/null)" = "$sum" ];
do
  sleep 1; done
)sh";

constexpr const char* kReadyMessage =
    "jsonpath={.items[0].status.conditions[?(@.type==\"Ready\")].status} "
    "{.items[0].status.conditions[?(@.type==\"Ready\")].message}";

// The process of a service, once it is not `before`.
std::int32_t PidOf(NodeApi& api, const std::string& service, std::int32_t before = 0) {
  std::int32_t pid = 0;
  const auto is_another = [&](const auto& rows) {
    const auto row = rows.find(service);
    pid = row == rows.end() ? 0 : row->spec().pid();
    return pid != 0 && pid != before;
  };
  REQUIRE_THAT(api.WaitFor<services::ProcessStatus>("a process of " + service, is_another), IsOk());
  return pid;
}

std::string Contents(const std::string& path) {
  constexpr std::size_t kLimit = std::size_t{256} << 20U;
  const auto text = sys::ReadFile(path, kLimit);
  REQUIRE_THAT(text.status(), IsOk());
  return *text;
}

// The node is not ready for the one reason, and then is, by what the cluster brings itself.
void BringsItsOwnNetwork(KubernetesNode& node) {
  const Kubectl& kubectl = node.kubectl();
  Diagnoses(node.api(), "cni", "CNI: none installed");
  CHECK_THAT(Ask(kubectl, {"get", "nodes", "-o", kReadyMessage}),
             ContainsSubstring("False container runtime network not ready") &&
                 ContainsSubstring("cni plugin not initialized"));
  const auto health = node.Ctl({"health", "--wait-timeout", "10m"});
  REQUIRE_THAT(health.status(), IsOk());
  CHECK_THAT(*health, ContainsSubstring(
                          "waiting for all k8s nodes to report ready: SKIP: CNI: none installed"));
  Ask(kubectl, {"-n", "kube-system", "create", "configmap", "pin-program",
                "--from-file=/ichor/build/release-amd64/bin/pin_program"});
  REQUIRE_THAT(node.Patch(kNetwork), IsOk());
  Ask(kubectl, {"wait", "nodes", "--all", "--for=condition=Ready", "--timeout=10m"});
  Diagnoses(node.api(), "cni", "");
  RunPod(kubectl, "on-own-network");
  // What it pinned outlives its pod.
  Ask(kubectl, {"-n", "kube-system", "delete", "pod", "-l", "app=network"});
  Ask(kubectl, {"-n", "kube-system", "rollout", "status", "daemonset/network", "--timeout=10m"});
  CHECK_THAT(Ask(kubectl, {"-n", "kube-system", "exec", "daemonset/network", "--", "ls", "/bpf",
                           "/opt-bin"}),
             ContainsSubstring("/bpf:\nof-the-network\n") && ContainsSubstring("flannel"));
}

// The kubelet asked for a certificate to serve with, and the control plane gave it one.
void KubeletServesWithCertificate(const Kubectl& kubectl) {
  constexpr const char* kRequest =
      "jsonpath={range .items[?(@.spec.signerName==\"kubernetes.io/kubelet-serving\")]}"
      "{.spec.username} {.status.conditions[*].type} {.status.certificate}{\"\\n\"}{end}";
  CHECK_THAT(Ask(kubectl, {"get", "csr", "-o", kRequest}),
             ContainsSubstring("system:node:") && ContainsSubstring(" Approved LS0t"));
}

std::string ContainersOf(const Kubectl& kubectl, const std::string& program) {
  return Ask(kubectl, {"-n", "kube-system", "get", "pods", "-l", "k8s-app=" + program, "-o",
                       "jsonpath={.items[*].status.containerStatuses[*].containerID}"});
}

// What is taken away comes back, and nothing moves but what it is for: a file that was deleted, a
// kubelet that was ended, a name in the API server's certificate.
void ComesBack(KubernetesNode& node) {
  const Kubectl& kubectl = node.kubectl();
  const std::int32_t etcd = PidOf(node.api(), "etcd");
  const std::string scheduler = ContainersOf(kubectl, "kube-scheduler");
  const std::string manager = ContainersOf(kubectl, "kube-controller-manager");
  Ask(kubectl, {"-n", "kube-system", "exec", "daemonset/network", "--", "sh", "-c", kDeletesFile});

  const std::int32_t kubelet = PidOf(node.api(), "kubelet");
  REQUIRE_THAT(node.Ctl({"service", "kubelet", "restart"}).status(), IsOk());
  PidOf(node.api(), "kubelet", kubelet);

  const std::vector<std::string> by_name = {"--tls-server-name", "extra.example.org", "get",
                                            "nodes"};
  CHECK_FALSE(kubectl.Run(by_name).ok());
  REQUIRE_THAT(node.Patch("cluster: {apiServer: {certSANs: [extra.example.org]}}"), IsOk());
  REQUIRE_THAT(kubectl.Eventually(by_name).status(), IsOk());
  CHECK(ContainersOf(kubectl, "kube-scheduler") == scheduler);
  CHECK(ContainersOf(kubectl, "kube-controller-manager") == manager);
  CHECK(PidOf(node.api(), "etcd") == etcd);
}

// A secret is not in etcd's data as it is; an object that is no secret is.
void SecretsAreEncrypted(KubernetesNode& node) {
  Ask(node.kubectl(),
      {"create", "secret", "generic", "hidden", "--from-literal=a=nobody-reads-me"});
  Ask(node.kubectl(), {"create", "configmap", "shown", "--from-literal=a=everybody-reads-me"});
  const std::string snapshot = TestDirectory() + "/etcd.db";
  REQUIRE_THAT(node.Ctl({"etcd", "snapshot", snapshot}).status(), IsOk());
  const std::string data = Contents(snapshot);
  CHECK(data.contains("everybody-reads-me"));
  CHECK(data.contains("k8s:enc:secretbox:v1:"));
  CHECK_FALSE(data.contains("nobody-reads-me"));
}

// What was asked is in the audit log.
void IsAudited(KubernetesNode& node) {
  const auto log = node.Ctl({"read", "/var/log/audit/kube/kube-apiserver.log"});
  REQUIRE_THAT(log.status(), IsOk());
  CHECK(log->contains("\"verb\":\"create\""));
  CHECK(log->contains("/api/v1/namespaces/default/configmaps"));
}

std::string OfApiServer(const Kubectl& kubectl, const std::string& field) {
  return Ask(kubectl, {"-n", "kube-system", "get", "pods", "-l", "k8s-app=kube-apiserver", "-o",
                       std::format("jsonpath={{.items[*].spec.containers[0].{}}}", field)});
}

// The same config in the form of today, which says who may ask in a document.
std::string InDocuments(const std::string& text) {
  const auto patched = Patched(text, kNoIssuer);
  REQUIRE_THAT(patched.status(), IsOk());
  const auto before = config::Load("config", *patched);
  REQUIRE_THAT(before.status(), IsOk());
  const auto migrated = config::Migrate(*before);
  REQUIRE_THAT(migrated.status(), IsOk());
  auto after = Patched(std::string(migrated->config.text()), kAuthentication);
  REQUIRE_THAT(after.status(), IsOk());
  return *std::move(after);
}

// An API server that knows an issuer of tokens becomes one that tells anybody how it is. Its
// kubelet asks that as nobody, and did not before.
void ChangesWhoMayAsk(KubernetesNode& node) {
  CHECK_THAT(OfApiServer(node.kubectl(), "command"),
             ContainsSubstring("--oidc-issuer-url=https://issuer.example.org") &&
                 ContainsSubstring("--anonymous-auth=false"));
  CHECK(OfApiServer(node.kubectl(), "livenessProbe").empty());
  REQUIRE_THAT(node.Apply(InDocuments(node.config())), IsOk());
  const std::string server = std::format("https://127.0.0.1:{}", node.machine().kubernetes_port());
  CHECK_THAT(Fetched(server + "/livez"), ContainsSubstring("ok"));
  CHECK_THAT(Fetched(server + "/version", 401), ContainsSubstring("Unauthorized"));
  CHECK_THAT(Ask(node.kubectl(), {"get", "--raw", "/readyz"}), ContainsSubstring("ok"));
  CHECK_THAT(OfApiServer(node.kubectl(), "livenessProbe"), ContainsSubstring("/livez"));
}

TEST_CASE("kubernetes: what the config says of it is seen at its end",
          "[.][long][kubernetes][amd64]") {
  const std::string received = TestDirectory() + "/kernel.log";
  std::filesystem::create_directories(TestDirectory());
  const auto sink =
      ChildProcess::Start({"python3", "-u", "-c",
                           "import socket,sys\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n"
                           "s.bind(('127.0.0.1',0))\nprint(f'at port {s.getsockname()[1]} ')\n"
                           "while True: print(s.recv(65536).decode())"},
                          received);
  REQUIRE_THAT(sink.status(), IsOk());
  const auto port = PortOf(*sink, received, "at port ");
  REQUIRE_THAT(port.status(), IsOk());
  const auto made = KubernetesNode::Create(
      {kNoNetwork, kServingCertificate, kIssuer,
       std::format(
           "apiVersion: v1alpha1\nkind: KmsgLogConfig\nname: test\nurl: udp://10.0.2.2:{}\n",
           *port)},
      "v1.11");
  REQUIRE_THAT(made.status(), IsOk());
  KubernetesNode& node = **made;
  REQUIRE_THAT(node.Boot(), IsOk());
  REQUIRE_THAT(node.Bootstrap(), IsOk());

  BringsItsOwnNetwork(node);
  KubeletServesWithCertificate(node.kubectl());
  ComesBack(node);
  SecretsAreEncrypted(node);
  IsAudited(node);
  ChangesWhoMayAsk(node);
  CHECK_THAT(Contents(received), ContainsSubstring("\"facility\":\"kern\""));
}

}  // namespace
}  // namespace ichor::qemu
