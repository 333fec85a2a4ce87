#include "machined/kubernetes/kubelet.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/resource/text.h"
#include "lib/resource/yaml.h"
#include "machined/kubernetes/test_config.h"

namespace ichor {
namespace {

using Lines = std::vector<std::string>;

const TestCluster& Cluster() {
  static const TestCluster* const kCluster = new TestCluster(TestCluster::Make(base::WallTime()));
  return *kCluster;
}

All<k8s::KubeletConfig> Wish(const std::string& text) {
  const auto rows = DeriveKubelet(
      ConfigRow(text), AllOf<k8s::StaticPodServerStatus>(
                           {{"static-pod-server-status", Text("url: 'http://127.0.0.1:1234'")}}));
  REQUIRE_THAT(rows, base::IsOk());
  return Stated(*rows);
}

absl::StatusOr<Desired<k8s::KubeletSpec>> Render(const std::string& text, bool worker = false) {
  k8s::NodeIP::Spec ips;
  *ips.add_addresses() = *ParseNetIP("10.0.0.2");
  *ips.add_addresses() = *ParseNetIP("fd00::2");
  return RenderKubelet(
      Wish(text), AllOf<k8s::Nodename>({{"nodename", Text("nodename: 'n1'")}}),
      AllOf<k8s::NodeIP>({{"kubelet", ips}}),
      AllOf<config::MachineType>({{"machine-type", Text(worker ? "machine_type: WORKER"
                                                               : "machine_type: CONTROL_PLANE")}}),
      AllOf<runtime::PlatformMetadata>(
          {{"platformmetadata", Text("platform: 'hcloud' provider_id: 'hcloud://7'")}}));
}

k8s::KubeletSpec::Spec Spec(const std::string& text, bool worker = false) {
  const auto rows = Render(text, worker);
  REQUIRE_THAT(rows, base::IsOk());
  return Stated(*rows).front().spec();
}

std::string Document(const std::string& body) {
  return "---\napiVersion: v1alpha1\nkind: KubeletConfig\nimage: k:v1.36.1\n" + body + "\n";
}

}  // namespace

TEST_CASE("kubelet: its command line and its configuration, in every field") {
  const auto spec = Spec(Cluster().OneDocument());
  CHECK(spec.image() == "ghcr.io/siderolabs/kubelet:v1.36.0");
  CHECK(spec.expected_nodename() == "n1");
  CHECK(Lines(spec.args().begin(), spec.args().end()) ==
        Lines{"--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubeconfig",
              "--cert-dir=/var/lib/kubelet/pki", "--config=/etc/kubernetes/kubelet.yaml",
              "--hostname-override=n1", "--kubeconfig=/etc/kubernetes/kubeconfig-kubelet",
              "--node-ip=10.0.0.2,fd00::2"});
  CHECK(ToYaml(spec.config()) == R"(address: 0.0.0.0
apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
    anonymous:
        enabled: false
    webhook:
        enabled: true
    x509:
        clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
    mode: Webhook
cgroupRoot: /
clusterDNS:
    - 10.96.0.10
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
failSwapOn: false
kind: KubeletConfiguration
kubeletCgroups: /podruntime/kubelet
logging:
    format: json
oomScoreAdj: -450
port: 10250
protectKernelDefaults: true
registerWithTaints:
    - effect: NoSchedule
      key: node-role.kubernetes.io/control-plane
resolvConf: /system/resolved/resolv.conf
rotateCertificates: true
serializeImagePulls: false
shutdownGracePeriod: 30s
shutdownGracePeriodCriticalPods: 10s
staticPodPath: /etc/kubernetes/manifests
staticPodURL: http://127.0.0.1:1234
streamingConnectionIdleTimeout: 5m
systemCgroups: /system
systemReserved:
    cpu: 50m
    ephemeral-storage: 256Mi
    memory: 512Mi
    pid: "100"
tlsMinVersion: VersionTLS13
)");
  const auto shown = Stated(*ShowKubelet(AllOf<k8s::KubeletSpec>({{"kubelet", spec}})));
  CHECK(shown.front().spec().image() == spec.image());
}

TEST_CASE("kubelet: what the config says is the kubelet's, where it may say it") {
  const auto spec = Spec(Cluster().Documents(Document(
                             "defaultRuntimeSeccompProfileEnabled: true\n"
                             "extraArgs: {node-ip: \"192.168.0.1\", v: \"4\"}\n"
                             "config: {oomScoreAdj: -1, maxPods: 50, featureGates: {A: true}}")),
                         true);
  const auto has = [&spec](const std::string& flag) {
    return std::ranges::find(spec.args(), flag) != spec.args().end();
  };
  CHECK(has("--node-ip=192.168.0.1"));
  CHECK(has("--v=4"));
  const std::string config = ToYaml(spec.config());
  CHECK(config.contains("oomScoreAdj: -1\n"));
  CHECK(config.contains("maxPods: 50\n"));
  CHECK(config.contains("seccompDefault: true\n"));
  CHECK(config.contains("staticPodPath: \"\"\n"));
  CHECK(config.contains("clusterDNS:\n    - 10.96.0.10\n    - fd02::a\n"));
  CHECK(config.contains("    memory: 384Mi\n"));
  CHECK(Render(Cluster().Documents(Document("extraArgs: {kubeconfig: x}"))).status().message() ==
        "extra arg \"kubeconfig\" is not allowed");
}

TEST_CASE("kubelet: a node that does not register, a provider outside, quotas, credentials") {
  const auto spec = Spec(Cluster().OneDocument(
      "externalCloudProvider: {enabled: true}",
      "features: {diskQuotaSupport: true}\n  kubelet: {skipNodeRegistration: true, "
      "credentialProviderConfig: {kind: C}, "
      "extraMounts: [{destination: /d, type: bind, source: /s, options: [rw]}]}"));
  const std::string credentials = "/etc/kubernetes/kubelet-credentialproviderconfig.yaml";
  CHECK(Lines(spec.args().begin(), spec.args().end()) ==
        Lines{"--cert-dir=/var/lib/kubelet/pki", "--cloud-provider=external",
              "--config=/etc/kubernetes/kubelet.yaml", "--hostname-override=n1",
              "--image-credential-provider-bin-dir=/usr/local/lib/kubelet/credentialproviders",
              "--image-credential-provider-config=" + credentials, "--node-ip=10.0.0.2,fd00::2"});
  const std::string config = ToYaml(spec.config());
  CHECK(config.contains("    mode: AlwaysAllow\n"));
  CHECK(config.contains("    webhook:\n        enabled: false\n"));
  CHECK(config.contains("providerID: hcloud://7\n"));
  CHECK(config.contains("    LocalStorageCapacityIsolationFSQuotaMonitoring: true\n"));
  CHECK(ToYaml(spec.credential_provider_config()) == "kind: C\n");
  REQUIRE(spec.extra_mounts_size() == 1);
  CHECK(spec.extra_mounts(0).source() == "/s");
}

TEST_CASE("kubelet: the platform's id is for an external cloud provider, and the config's wins") {
  CHECK_FALSE(Spec(Cluster().OneDocument()).config().fields().contains("providerID"));
  const auto spec = Spec(Cluster().OneDocument("externalCloudProvider: {enabled: true}",
                                               "kubelet: {extraConfig: {providerID: 'mine://1'}}"));
  CHECK(spec.config().fields().at("providerID").string_value() == "mine://1");
}

TEST_CASE("kubelet: none before its pods' place, its name and an address are known") {
  CHECK(Stated(*DeriveKubelet(ConfigRow(Cluster().OneDocument()),
                              AllOf<k8s::StaticPodServerStatus>({})))
            .empty());
  const auto wish = Wish(Cluster().OneDocument());
  const auto types = AllOf<config::MachineType>({{"machine-type", Text("machine_type: WORKER")}});
  const auto names = AllOf<k8s::Nodename>({{"nodename", Text("nodename: 'n1'")}});
  const auto metal = AllOf<runtime::PlatformMetadata>({});
  CHECK(Stated(*RenderKubelet(wish, names, AllOf<k8s::NodeIP>({}), types, metal)).empty());
  CHECK(Stated(*RenderKubelet(wish, AllOf<k8s::Nodename>({}), AllOf<k8s::NodeIP>({}), types, metal))
            .empty());
}

}  // namespace ichor
