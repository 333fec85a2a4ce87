#include "ichorctl/gen/from_config.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "config/discovery.pb.h"
#include "config/kubernetes.pb.h"
#include "config/legacy.pb.h"

namespace ichor::ctl {
namespace {

namespace v1alpha1 = config::v1alpha1;

pki::PemPair PairOf(const v1alpha1::PemPair& pair) {
  return {.certificate = std::string(pair.crt()), .key = pki::Secret(std::string(pair.key()))};
}

pki::PemPair PairOf(const v1alpha1::CertificateAndKey& pair) {
  return {.certificate = pair.cert(), .key = pki::Secret(pair.key())};
}

void TakeFirst(const v1alpha1::LegacyConfig& config, pki::ClusterSecrets& secrets) {
  const v1alpha1::Cluster& cluster = config.cluster();
  secrets.trustd_token = pki::Secret(config.machine().token());
  secrets.os = PairOf(config.machine().ca());
  secrets.cluster_id = cluster.id();
  secrets.cluster_secret = pki::Secret(cluster.secret());
  secrets.bootstrap_token = pki::Secret(cluster.token());
  secrets.aescbc_key = pki::Secret(cluster.aescbc_encryption_secret());
  secrets.secretbox_key = pki::Secret(cluster.secretbox_encryption_secret());
  secrets.kubernetes = PairOf(cluster.ca());
  secrets.aggregator = PairOf(cluster.aggregator_ca());
  secrets.service_account_key = pki::Secret(std::string(cluster.service_account().key()));
  secrets.etcd = PairOf(cluster.etcd().ca());
}

// The value of a key; an empty one if there is none.
const google::protobuf::Value& At(const google::protobuf::Struct& mapping, const std::string& key) {
  const auto found = mapping.fields().find(key);
  return found == mapping.fields().end() ? google::protobuf::Value::default_instance()
                                         : found->second;
}

const google::protobuf::Value& First(const google::protobuf::Value& list) {
  return list.list_value().values().empty() ? google::protobuf::Value::default_instance()
                                            : list.list_value().values(0);
}

// The key of the first provider for secretbox.
std::string SecretboxKey(const google::protobuf::Struct& config) {
  const auto& resource = First(At(config, "resources")).struct_value();
  for (const auto& provider : At(resource, "providers").list_value().values()) {
    const auto& secretbox = At(provider.struct_value(), "secretbox").struct_value();
    const auto& key = First(At(secretbox, "keys")).struct_value();
    if (!At(key, "secret").string_value().empty()) {
      return At(key, "secret").string_value();
    }
  }
  return {};
}

void TakeKubernetes(const config::Config& config, pki::ClusterSecrets& secrets) {
  if (const auto* const ca = config.Get<v1alpha1::KubeAPIServerCAConfig>()) {
    secrets.kubernetes = PairOf(ca->issuing_ca());
  }
  if (const auto* const ca = config.Get<v1alpha1::KubeAggregatorCAConfig>()) {
    secrets.aggregator = PairOf(ca->issuing_ca());
  }
  if (const auto* const account = config.Get<v1alpha1::KubeServiceAccountConfig>()) {
    secrets.service_account_key = pki::Secret(account->issuer().private_key());
  }
  if (const auto* const encryption = config.Get<v1alpha1::KubeEtcdEncryptionConfig>()) {
    secrets.secretbox_key = pki::Secret(SecretboxKey(encryption->config()));
  }
}

}  // namespace

absl::StatusOr<pki::ClusterSecrets> SecretsOf(const config::Config& config) {
  const auto* const first = config.Get<v1alpha1::LegacyConfig>();
  if (first == nullptr) {
    return absl::InvalidArgumentError(
        "no config of a machine: the document with `machine` is missing");
  }
  pki::ClusterSecrets secrets;
  TakeFirst(*first, secrets);
  if (const auto* const identity = config.Get<v1alpha1::DiscoveryIdentityConfig>()) {
    secrets.cluster_id = identity->cluster_id();
    secrets.cluster_secret = pki::Secret(identity->cluster_secret());
  }
  TakeKubernetes(config, secrets);
  return secrets;
}

}  // namespace ichor::ctl
