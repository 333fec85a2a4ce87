#include "machined/manifests/manifests.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"
#include "machined/kubernetes/test_config.h"
#include "machined/secrets/cluster_roots.h"

namespace ichor {
namespace {

const TestCluster& Cluster() {
  static const TestCluster* const kCluster = new TestCluster(TestCluster::Make(base::WallTime()));
  return *kCluster;
}

All<k8s::Manifest> Manifests(const std::string& text) {
  const auto config = ConfigRow(text);
  const auto rows =
      RenderManifests(Stated(*DeriveManifests(config)), Stated(*DeriveKubernetesRoot(config)));
  REQUIRE_THAT(rows, base::IsOk());
  return Stated(*rows);
}

std::string ObjectOf(const All<k8s::Manifest>& manifests, const std::string& id, int index = 0) {
  const auto row = manifests.find(id);
  REQUIRE(row != manifests.end());
  return ToYaml(row->spec().items(index).object());
}

// Without what lines begin with.
std::string Flat(const std::string& text) {
  std::string flat;
  bool begins = true;
  for (const char c : text) {
    begins = c == '\n' || (begins && c == ' ');
    if (c != ' ' || !begins) {
      flat += c;
    }
  }
  return flat;
}

}  // namespace

TEST_CASE("manifests: nodes may join, and renew what they joined with") {
  const auto manifests = Manifests(
      Cluster().OneDocument("coreDNS: {disabled: true}\n  proxy: {disabled: true}\n  network: "
                            "{cni: {name: none}}"));
  CHECK(Ids(manifests) ==
        "00-kubelet-bootstrapping-token 01-csr-approver-role-binding 01-csr-node-bootstrap "
        "01-csr-renewal-role-binding 11-kube-config-in-cluster 11-talos-node-rbac-template");
  CHECK(ObjectOf(manifests, "01-csr-node-bootstrap") ==
        "apiVersion: rbac.authorization.k8s.io/v1\n"
        "kind: ClusterRoleBinding\n"
        "metadata:\n"
        "    name: system-bootstrap-node-bootstrapper\n"
        "roleRef:\n"
        "    apiGroup: rbac.authorization.k8s.io\n"
        "    kind: ClusterRole\n"
        "    name: system:node-bootstrapper\n"
        "subjects:\n"
        "    - apiGroup: rbac.authorization.k8s.io\n"
        "      kind: Group\n"
        "      name: system:bootstrappers:nodes\n"
        "    - apiGroup: rbac.authorization.k8s.io\n"
        "      kind: Group\n"
        "      name: system:nodes\n");
  CHECK(ObjectOf(manifests, "01-csr-renewal-role-binding")
            .contains("name: system:certificates.k8s.io:certificatesigningrequests:"
                      "selfnodeclient\n"));
  CHECK(ObjectOf(manifests, "11-talos-node-rbac-template", 1)
            .contains("      resources:\n        - endpointslices\n"));
  CHECK(ObjectOf(manifests, "11-kube-config-in-cluster")
            .contains("server: https://api.example.org:6443\n"));
  CHECK(Manifests("machine: {type: worker}\ncluster: {}\n").empty());
}

TEST_CASE("manifests: the token that nodes join with") {
  const auto manifests = Manifests(Cluster().OneDocument());
  CHECK(ObjectOf(manifests, "00-kubelet-bootstrapping-token") ==
        "apiVersion: v1\n"
        "kind: Secret\n"
        "metadata:\n"
        "    name: bootstrap-token-abcdef\n"
        "    namespace: kube-system\n"
        "stringData:\n"
        "    auth-extra-groups: system:bootstrappers:nodes\n"
        "    token-id: abcdef\n"
        "    token-secret: 0123456789abcdef\n"
        "    usage-bootstrap-authentication: \"true\"\n"
        "type: bootstrap.kubernetes.io/token\n");
}

TEST_CASE("manifests: flannel, by its document") {
  const auto manifests = Manifests(Cluster().Documents(
      "---\napiVersion: v1alpha1\nkind: KubeFlannelCNIConfig\nbackendType: vxlan\n"
      "backendPort: 4789\nbackendMTU: 1400\nextraArgs: [--iface=eth1]\n"
      "backendExtraConfig: {DirectRouting: true}\nresources: {limits: {memory: 80Mi}}\n"));
  CHECK(manifests.find("05-flannel")->spec().items_size() == 5);
  const std::string settings = ObjectOf(manifests, "05-flannel", 3);
  CHECK(settings.contains(
      R"({"Backend":{"DirectRouting":true,"MTU":1400,"Port":4789,"Type":"vxlan"},)"
      R"("EnableIPv6":true,"EnableNFTables":true,"IPv6Network":"fd01::/56",)"
      R"("Network":"10.244.0.0/16"})"));
  CHECK(settings.contains(R"("cniVersion":"1.0.0")"));
  const std::string pods = Flat(ObjectOf(manifests, "05-flannel", 4));
  CHECK(pods.contains("image: ghcr.io/siderolabs/flannel:0.28.9\n"));
  CHECK(
      pods.contains("- --ip-masq\n- --kube-subnet-mgr\n"
                    "- --iface=eth1\n"));
  CHECK(pods.contains("name: KUBERNETES_SERVICE_PORT\nvalue: \"7445\"\n"));
  CHECK(pods.contains("memory: 80Mi\n"));
  CHECK(pods.contains("- /etc/cni/net.d/10-flannel.conflist\n"));
  CHECK_FALSE(pods.contains("netpol"));
}

TEST_CASE(
    "manifests: flannel of the one-document form, with network policies and without KubePrism") {
  const auto manifests = Manifests(Cluster().OneDocument(
      "network: {cni: {name: flannel, flannel: {kubeNetworkPoliciesEnabled: true}}, podSubnets: "
      "[\"fd01::/56\"], serviceSubnets: [\"fd02::/112\"]}"));
  CHECK(ObjectOf(manifests, "05-flannel", 3).contains("\"EnableIPv4\":false"));
  const std::string pods = Flat(ObjectOf(manifests, "05-flannel", 4));
  CHECK(pods.contains("registry.k8s.io/networking/kube-network-policies:v1.1.1"));
  CHECK_FALSE(pods.contains("KUBERNETES_SERVICE_HOST"));
  CHECK(ObjectOf(manifests, "05-flannel").contains("networkpolicies"));
}

TEST_CASE("manifests: kube-proxy, by flags or by a file") {
  const auto flags = Manifests(Cluster().OneDocument("proxy: {extraArgs: {v: \"4\"}}"));
  CHECK(flags.find("10-kube-proxy")->spec().items_size() == 3);
  CHECK(Flat(ObjectOf(flags, "10-kube-proxy"))
            .contains("- --cluster-cidr=10.244.0.0/16\n"
                      "- --conntrack-max-per-core=0\n"
                      "- --hostname-override=$(NODE_NAME)\n"
                      "- --kubeconfig=/etc/kubernetes/kubeconfig\n"
                      "- --proxy-mode=nftables\n"
                      "- --v=4\n"));
  const auto file = Manifests(
      Cluster().Documents("---\napiVersion: v1alpha1\nkind: KubeProxyConfig\nenabled: true\n"
                          "image: registry.k8s.io/kube-proxy:v1.36.0\nconfig: {mode: iptables, "
                          "conntrack: {min: 5}}\n"));
  CHECK(file.find("10-kube-proxy")->spec().items_size() == 4);
  const std::string map = ObjectOf(file, "10-kube-proxy");
  CHECK(map.contains("name: kube-proxy-config-"));
  CHECK(map.contains("clusterCIDR: 10.244.0.0/16,fd01::/56\n"));
  CHECK(map.contains("kubeconfig: /etc/kubernetes/kubeconfig\n"));
  CHECK(map.contains("maxPerCore: 0\n"));
  CHECK(map.contains("mode: iptables\n"));
  CHECK(ObjectOf(file, "10-kube-proxy", 1).contains("--config=/var/lib/kube-proxy/config.conf"));
  CHECK_THAT(
      DeriveManifests(ConfigRow(Cluster().OneDocument("proxy: {extraArgs: {kubeconfig: x}}"))),
      base::StatusIs(absl::StatusCode::kInvalidArgument,
                     "extra arg \"kubeconfig\" is not allowed"));
}

TEST_CASE("manifests: what they are made from") {
  const auto wish = Stated(*DeriveManifests(ConfigRow(Cluster().OneDocument()))).front().spec();
  CHECK(wish.proxy_enabled());
  CHECK(wish.proxy_image() == "registry.k8s.io/kube-proxy:v1.36.0");
  CHECK(wish.flannel_enabled());
  CHECK(wish.cni_name() == "flannel");
  CHECK(wish.pod_cidrs(0) == "10.244.0.0/16");
  CHECK(wish.dns_service_ip() == "10.96.0.10");
}

TEST_CASE("manifests: the cluster's resolver, for both families") {
  const auto manifests = Manifests(Cluster().Documents());
  CHECK(ObjectOf(manifests, "11-kube-config-in-cluster")
            .contains("server: https://127.0.0.1:7445\n"));
  CHECK(manifests.find("11-core-dns")->spec().items_size() == 5);
  const std::string file = ObjectOf(manifests, "11-core-dns", 3);
  CHECK(file.contains("kubernetes cluster.local in-addr.arpa ip6.arpa {\n"));
  CHECK(file.contains("disable denial cluster.local\n"));
  const std::string deployment = ObjectOf(manifests, "11-core-dns", 4);
  CHECK(deployment.contains("image: registry.k8s.io/coredns/coredns:v1.14.7\n"));
  CHECK(deployment.contains("    replicas: 2\n"));
  CHECK(deployment.contains("value: 161MiB\n"));
  const std::string service = ObjectOf(manifests, "11-core-dns-svc");
  CHECK(service.contains(
      "    clusterIP: 10.96.0.10\n    clusterIPs:\n        - 10.96.0.10\n        - fd02::a\n"));
  CHECK(service.contains("    ipFamilyPolicy: RequireDualStack\n"));
  CHECK(service.contains("    name: kube-dns\n"));
  CHECK(ObjectOf(Manifests(Cluster().OneDocument()), "11-core-dns-svc")
            .contains("    ipFamilyPolicy: SingleStack\n"));
}

}  // namespace ichor
