#include "machined/kubernetes/test_config.h"

#include <format>

#include "absl/log/absl_check.h"
#include "absl/strings/escaping.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"

namespace ichor {
namespace {

std::string Pair(const pki::Identity& ca) {
  return std::format("{{crt: {}, key: {}}}", absl::Base64Escape(ca.certificate.ToPem()),
                     absl::Base64Escape(ca.key.ToPem()));
}

google::protobuf::Struct IssuingCa(const pki::Identity& ca) {
  return Object({{"cert", ca.certificate.ToPem()}, {"key", ca.key.ToPem()}});
}

std::string Document(const std::string& kind, google::protobuf::Struct object) {
  Set(object, "apiVersion", "v1alpha1");
  Set(object, "kind", kind);
  return "---\n" + ToYaml(object);
}

template <class T>
T Must(absl::StatusOr<T> made) {
  ABSL_CHECK(made.ok()) << made.status();
  return *std::move(made);
}

}  // namespace

TestCluster TestCluster::Make(base::WallTime now) {
  return {.kubernetes = Must(pki::NewAuthority(pki::KubernetesAuthority(), now)),
          .aggregator = Must(pki::NewAuthority(pki::AggregatorAuthority(), now)),
          .etcd = Must(pki::NewAuthority(pki::EtcdAuthority(), now)),
          .service_account = Must(pki::Key::Generate(pki::KeyType::kEcdsaP256))};
}

std::string TestCluster::OneDocument(const std::string& cluster, const std::string& machine) const {
  return std::format(
      "version: v1alpha1\nmachine:\n  type: controlplane\n{}\ncluster:\n"
      "  clusterName: home\n  controlPlane: {{endpoint: \"https://api.example.org:6443\"}}\n"
      "  token: abcdef.0123456789abcdef\n  secretboxEncryptionSecret: c2VjcmV0\n"
      "  ca: {}\n  aggregatorCA: {}\n  serviceAccount: {{key: {}}}\n  etcd: {{ca: {}}}\n{}\n",
      machine.empty() ? "" : "  " + machine, Pair(kubernetes), Pair(aggregator),
      absl::Base64Escape(service_account.ToPem()), Pair(etcd),
      cluster.empty() ? "" : "  " + cluster);
}

std::string TestCluster::Documents(const std::string& more) const {
  std::string text = std::format(
      "version: v1alpha1\nmachine:\n  type: controlplane\ncluster:\n"
      "  token: abcdef.0123456789abcdef\n  etcd: {{ca: {}}}\n",
      Pair(etcd));
  text += Document("KubeClusterConfig",
                   Object({{"clusterName", "home"}, {"endpoint", "https://api.example.org:6443"}}));
  text += Document("KubeNetworkConfig",
                   Object({{"dnsDomain", "cluster.local"},
                           {"podSubnets", List({"10.244.0.0/16", "fd01::/56"})},
                           {"serviceSubnets", List({"10.96.0.0/12", "fd02::/112"})}}));
  text += Document("KubeAPIServerCAConfig", Object({{"issuingCA", IssuingCa(kubernetes)}}));
  text += Document("KubeAggregatorCAConfig", Object({{"issuingCA", IssuingCa(aggregator)}}));
  text += Document(
      "KubeServiceAccountConfig",
      Object({{"issuer", Object({{"privateKey", absl::Base64Escape(service_account.ToPem())},
                                 {"issuerURL", "https://api.example.org:6443"}})}}));
  text += Document("KubePrismConfig", Object({{"port", 7445}}));
  return text + more;
}

All<config::MachineConfig> ConfigRow(const std::string& text) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(text);
  return AllOf<config::MachineConfig>({{"v1alpha1", std::move(spec)}});
}

}  // namespace ichor
