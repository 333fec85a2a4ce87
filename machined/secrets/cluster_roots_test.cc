#include "machined/secrets/cluster_roots.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "machined/kubernetes/test_config.h"

namespace ichor {
namespace {

const TestCluster& Cluster() {
  static const TestCluster* const kCluster = new TestCluster(TestCluster::Make(base::WallTime()));
  return *kCluster;
}

template <class T>
typename T::Spec Only(absl::StatusOr<Desired<T>> desired, const std::string& id) {
  REQUIRE_THAT(desired, base::IsOk());
  const All<T> rows = Stated(*std::move(desired));
  REQUIRE(Ids(rows) == id);
  return rows.front().spec();
}

}  // namespace

TEST_CASE("kubernetes root: CAs, keys, names and tokens of either form") {
  const bool documents = GENERATE(false, true);
  CAPTURE(documents);
  const auto configs = ConfigRow(documents ? Cluster().Documents() : Cluster().OneDocument());
  const auto root = Only(DeriveKubernetesRoot(configs), "k8s");
  CHECK(root.name() == "home");
  CHECK(root.endpoint().full_path() == "https://api.example.org:6443");
  CHECK(root.local_endpoint().full_path() ==
        (documents ? "https://127.0.0.1:7445" : "https://localhost:6443"));
  CHECK(root.dns_domain() == "cluster.local");
  CHECK(ToText(root.api_server_ips(0)) == "10.96.0.1");
  CHECK(root.issuing_ca().key() == Cluster().kubernetes.key.ToPem());
  REQUIRE(root.accepted_cas_size() == 1);
  CHECK(root.accepted_cas(0).crt() == Cluster().kubernetes.certificate.ToPem());
  CHECK(root.accepted_aggregator_cas(0).crt() == Cluster().aggregator.certificate.ToPem());
  CHECK(root.service_account().key() == Cluster().service_account.ToPem());
  REQUIRE(root.service_account_accepted_keys_size() == 1);
  CHECK(root.service_account_accepted_keys(0).key() == Cluster().service_account.Public().ToPem());
  CHECK(root.issuer_url() == "https://api.example.org:6443");
  CHECK(root.bootstrap_token_id() == "abcdef");
  CHECK(root.bootstrap_token_secret() == "0123456789abcdef");
  CHECK(root.secretbox_encryption_secret() == (documents ? "" : "c2VjcmV0"));
}

TEST_CASE("etcd root: the CA of etcd") {
  const auto root = Only(DeriveEtcdRoot(ConfigRow(Cluster().OneDocument())), "etcd");
  CHECK(root.etcd_ca().crt() == Cluster().etcd.certificate.ToPem());
  CHECK(root.etcd_ca().key() == Cluster().etcd.key.ToPem());
}

TEST_CASE("cluster roots: a worker has none, but what its kubelet joins with") {
  const auto configs = ConfigRow(
      "version: v1alpha1\nmachine: {type: worker}\ncluster:\n  token: abcdef.0123\n"
      "  controlPlane: {endpoint: \"https://api:6443\"}\n  ca: {crt: Y2E=}\n");
  CHECK(Stated(*DeriveKubernetesRoot(configs)).empty());
  CHECK(Stated(*DeriveEtcdRoot(configs)).empty());
  const auto kubelet = Only(DeriveKubeletSecret(configs), "kubelet");
  CHECK(kubelet.endpoint().full_path() == "https://api:6443");
  REQUIRE(kubelet.accepted_cas_size() == 1);
  CHECK(kubelet.accepted_cas(0).crt() == "ca");
  CHECK(kubelet.bootstrap_token_id() == "abcdef");
  CHECK(kubelet.bootstrap_token_secret() == "0123");
  CHECK(Stated(*DeriveKubeletSecret(ConfigRow("machine: {type: worker}\ncluster: {}\n"))).empty());
}

TEST_CASE("kubernetes names: everything that the API server is called") {
  const auto configs = ConfigRow(
      Cluster().Documents("---\napiVersion: v1alpha1\nkind: KubeAPIServerConfig\nimage: x:v1.36.0\n"
                          "certExtraSANs: [k.example.org, 203.0.113.7]\n"));
  network::NodeAddress::Spec list;
  *list.add_addresses() = *ParseNetIPPrefix("192.168.0.2/24");
  *list.add_addresses() = *ParseNetIPPrefix("10.244.0.1/24");
  const auto names = Only(
      DeriveKubernetesNames(configs, Stated(*DeriveKubernetesRoot(configs)),
                            AllOf<network::HostnameStatus>(
                                {{"hostname", Text("hostname: 'n1' domainname: 'example.org'")}}),
                            AllOf<network::NodeAddress>({{"accumulative", list}})),
      "k8s");
  CHECK(std::vector<std::string>(names.dns_names().begin(), names.dns_names().end()) ==
        std::vector<std::string>{"api.example.org", "k.example.org", "kubernetes",
                                 "kubernetes.default", "kubernetes.default.svc",
                                 "kubernetes.default.svc.cluster.local", "localhost", "n1",
                                 "n1.example.org"});
  std::string ips;
  for (const common::NetIP& ip : names.ips()) {
    ips += ToText(ip) + " ";
  }
  CHECK(ips == "10.96.0.1 127.0.0.1 192.168.0.2 203.0.113.7 fd02::1 ");
  CHECK(names.fqdn() == "n1.example.org");
}

}  // namespace ichor
