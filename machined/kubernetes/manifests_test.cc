#include "machined/kubernetes/manifests.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"
#include "machined/kubernetes/test_config.h"

namespace ichor {
namespace {

const TestCluster& Cluster() {
  static const TestCluster* const kCluster = new TestCluster(TestCluster::Make(base::WallTime()));
  return *kCluster;
}

All<k8s::Manifest> Manifests(const std::string& text) {
  const auto rows = RenderManifests(Stated(*DeriveManifests(ConfigRow(text))));
  REQUIRE_THAT(rows, base::IsOk());
  return Stated(*rows);
}

std::string ObjectOf(const All<k8s::Manifest>& manifests, const std::string& id, int index = 0) {
  const auto row = manifests.find(id);
  REQUIRE(row != manifests.end());
  return ToYaml(row->spec().items(index).object());
}

}  // namespace

TEST_CASE("manifests: nodes may join, and renew what they joined with") {
  const auto manifests = Manifests(Cluster().OneDocument("coreDNS: {disabled: true}"));
  CHECK(Ids(manifests) ==
        "01-csr-approver-role-binding 01-csr-node-bootstrap "
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
