#include "machined/kubernetes/component_configs.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/yaml.h"
#include "machined/kubernetes/test_config.h"
#include "machined/secrets/cluster_roots.h"

namespace ichor {
namespace {

const TestCluster& Cluster() {
  static const TestCluster* const kCluster = new TestCluster(TestCluster::Make(base::WallTime()));
  return *kCluster;
}

template <class T>
All<T> RowsOf(absl::StatusOr<Desired<T>> desired) {
  REQUIRE_THAT(desired, base::IsOk());
  return Stated(*std::move(desired));
}

std::string Document(const std::string& kind, const std::string& body) {
  return "---\napiVersion: v1alpha1\nkind: " + kind + "\n" + body + "\n";
}

absl::StatusOr<Desired<k8s::APIServerConfig>> ApiServer(const std::string& text) {
  const auto configs = ConfigRow(text);
  return DeriveApiServer(configs, Stated(*DeriveKubernetesRoot(configs)));
}

}  // namespace

TEST_CASE("kube-apiserver: what the config says, and the row with its command line") {
  const auto rows = RowsOf(ApiServer(Cluster().OneDocument(
      "externalCloudProvider: {enabled: true}\n  apiServer: {extraArgs: {v: \"4\"}, env: {A: b}, "
      "resources: {requests: {cpu: 1, memory: 1Gi}}, "
      "extraVolumes: [{hostPath: /var/x, mountPath: /x, readonly: true}]}")));
  REQUIRE(Ids(rows) == "final-kube-apiserver kube-apiserver");
  const auto& spec = rows.find("kube-apiserver")->spec();
  CHECK(spec.image() == "registry.k8s.io/kube-apiserver:v1.36.0");
  CHECK(spec.cloud_provider() == "external");
  CHECK(spec.control_plane_endpoint() == "https://api.example.org:6443");
  CHECK(spec.etcd_servers(0) == "https://127.0.0.1:2379");
  CHECK(spec.local_port() == 6443);
  CHECK(spec.service_cidrs(0) == "10.96.0.0/12");
  CHECK(spec.extra_args().at("v").values(0) == "4");
  CHECK(spec.args().empty());
  CHECK(spec.environment_variables().at("A") == "b");
  CHECK(spec.resources().requests().at("cpu") == "1");
  CHECK(spec.resources().requests().at("memory") == "1Gi");
  CHECK(spec.extra_volumes(0).host_path() == "/var/x");
  CHECK(spec.extra_volumes(0).read_only());
  CHECK(spec.advertised_address() == "$(POD_IP)");
  CHECK_FALSE(spec.startup_probes_enabled());  // nobody is let in who is not known
  CHECK_FALSE(spec.use_authentication_config());
  const auto& flags = rows.find("final-kube-apiserver")->spec().args();
  CHECK(std::ranges::find(flags, "--v=4") != flags.end());
  CHECK(ApiServer(Cluster().OneDocument("apiServer: {extraArgs: {etcd-servers: x}}"))
            .status()
            .message() == "extra arg \"etcd-servers\" is not allowed");
}

TEST_CASE("kube-apiserver: the kubelet probes it where anybody may ask how it is") {
  const auto probes = [](const std::string& text) {
    return RowsOf(ApiServer(text)).find("kube-apiserver")->spec().startup_probes_enabled();
  };
  const auto with = [&](const std::string& configuration, const std::string& server = "") {
    return probes(Cluster().Documents(
        Document("KubeAPIServerConfig", "image: a:v1.36.0\n" + server) +
        Document("KubeAuthenticationConfig", "configuration: " + configuration)));
  };
  CHECK(probes(Cluster().OneDocument("apiServer: {extraArgs: {anonymous-auth: \"true\"}}")));
  CHECK_FALSE(probes(Cluster().Documents(Document("KubeAPIServerConfig", "image: a:v1.36.0"))));
  CHECK(with("{jwt: []}"));
  CHECK_FALSE(with("{jwt: []}", "startupProbes: false"));
  CHECK_FALSE(with("{anonymous: {enabled: false}}"));
  CHECK(with("{anonymous: {enabled: true}}"));
  CHECK(with("{anonymous: {enabled: true, conditions: [{path: /readyz}, {path: /livez}]}}"));
  CHECK_FALSE(with("{anonymous: {enabled: true, conditions: [{path: /livez}]}}"));
}

TEST_CASE("control plane: the other two, and none of them on a worker") {
  const auto configs = ConfigRow(Cluster().Documents(
      Document("KubeSchedulerConfig", "enabled: false\nimage: s:v1.36.1\nconfig: {a: 1}") +
      Document("KubeControllerManagerConfig", "image: c:v1.36.1")));
  const auto managers = RowsOf(DeriveControllerManager(configs));
  REQUIRE(Ids(managers) == "final-kube-controller-manager kube-controller-manager");
  CHECK(managers.front().spec().enabled());
  CHECK(managers.front().spec().pod_cidrs(1) == "fd01::/56");
  CHECK(managers.front().spec().args_size() > 10);
  const auto schedulers = RowsOf(DeriveScheduler(configs));
  REQUIRE(Ids(schedulers) == "final-kube-scheduler kube-scheduler");
  CHECK_FALSE(schedulers.front().spec().enabled());
  CHECK(ToYaml(schedulers.front().spec().config()) == "a: 1\n");
  const auto worker = ConfigRow("machine: {type: worker}\ncluster: {}\n");
  CHECK(RowsOf(DeriveControllerManager(worker)).empty());
  CHECK(RowsOf(DeriveScheduler(worker)).empty());
  CHECK(RowsOf(DeriveAdmissionControl(worker)).empty());
  CHECK(RowsOf(DeriveAuditPolicy(worker)).empty());
  CHECK(RowsOf(DeriveAuthorization(worker)).empty());
}

TEST_CASE("kube-apiserver: admission, audit and authentication of either form") {
  const auto old = ConfigRow(Cluster().OneDocument(
      "apiServer: {admissionControl: [{name: PodSecurity, configuration: {a: b}}]}"));
  CHECK(RowsOf(DeriveAdmissionControl(old)).front().spec().config(0).name() == "PodSecurity");
  CHECK(ToYaml(RowsOf(DeriveAuditPolicy(old)).front().spec().config()) ==
        "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n    - level: Metadata\n");
  CHECK(RowsOf(DeriveAuthentication(old)).empty());
  const auto now = ConfigRow(Cluster().Documents(
      Document("KubeAdmissionControlConfig", "name: One\nconfiguration: {a: 1}") +
      Document("KubeAuditPolicyConfig", "configuration: {kind: Policy}") +
      Document("KubeAuthenticationConfig", "configuration: {jwt: []}")));
  CHECK(RowsOf(DeriveAdmissionControl(now)).front().spec().config(0).name() == "One");
  CHECK(ToYaml(RowsOf(DeriveAuditPolicy(now)).front().spec().config()) == "kind: Policy\n");
  CHECK(ToYaml(RowsOf(DeriveAuthentication(now)).front().spec().config()) == "jwt: []\n");
}

TEST_CASE("kube-apiserver: Node and RBAC authorize, wherever the config puts its own") {
  const auto types = [](const std::string& more) {
    std::string all;
    for (const auto& one : RowsOf(DeriveAuthorization(ConfigRow(Cluster().Documents(more))))
                               .front()
                               .spec()
                               .config()) {
      all += one.type() + "=" + one.name() + " ";
    }
    return all;
  };
  CHECK(types("") == "Node=node RBAC=rbac ");
  const std::string webhook =
      Document("KubeAuthorizerConfig", "name: mine\ntype: Webhook\nwebhook: {timeout: 3s}");
  CHECK(types(webhook) == "Node=node RBAC=rbac Webhook=mine ");
  CHECK(types(webhook + Document("KubeAuthorizerConfig", "name: n\ntype: Node")) ==
        "Webhook=mine RBAC=rbac Node=n ");
}

TEST_CASE("etcd encryption: the keys of the config in their order, or its document") {
  const auto text = [](const std::string& config) {
    return RowsOf(RenderEncryption(Stated(*DeriveKubernetesRoot(ConfigRow(config)))))
        .front()
        .spec()
        .configuration();
  };
  CHECK(text(Cluster().OneDocument("aescbcEncryptionSecret: YWVz")) ==
        "apiVersion: v1\n"
        "kind: EncryptionConfig\n"
        "resources:\n"
        "    - providers:\n"
        "        - secretbox:\n"
        "            keys:\n"
        "                - name: key2\n"
        "                  secret: c2VjcmV0\n"
        "        - aescbc:\n"
        "            keys:\n"
        "                - name: key1\n"
        "                  secret: YWVz\n"
        "        - identity: {}\n"
        "      resources:\n"
        "        - secrets\n");
  CHECK(text(Cluster().Documents(Document("KubeEtcdEncryptionConfig",
                                          "config: {resources: [{resources: [secrets]}]}"))) ==
        "apiVersion: apiserver.config.k8s.io/v1\n"
        "kind: EncryptionConfiguration\n"
        "resources:\n"
        "    - resources:\n"
        "        - secrets\n");
}

}  // namespace ichor
