#include "lib/pki/cluster/secrets.h"

#include <utility>

#include "lib/base/status.h"
#include "lib/pki/token.h"

namespace ichor::pki {
namespace {

constexpr int kFirstMinorWithSecretbox = 3;
constexpr int kFirstMinorWithRsa = 7;

}  // namespace

PemPair ToPemPair(const Identity& identity) {
  return {.certificate = identity.certificate.ToPem(), .key = identity.key.ToSecretPem()};
}

absl::StatusOr<ClusterSecrets> NewClusterSecrets(base::WallTime now, const Contract& contract) {
  ClusterSecrets secrets{.cluster_id = NewSymmetricKey().text(),
                         .cluster_secret = NewSymmetricKey(),
                         .bootstrap_token = NewToken(),
                         .trustd_token = NewToken()};
  (contract.Has(kFirstMinorWithSecretbox) ? secrets.secretbox_key : secrets.aescbc_key) =
      NewSymmetricKey();
  const std::pair<PemPair*, Authority> authorities[] = {
      {&secrets.os, OsAuthority()},
      {&secrets.etcd, EtcdAuthority()},
      {&secrets.kubernetes, KubernetesAuthority()},
      {&secrets.aggregator, AggregatorAuthority()}};
  for (const auto& [pair, authority] : authorities) {
    ASSIGN_OR_RETURN(const Identity identity, NewAuthority(authority, now));
    *pair = ToPemPair(identity);
  }
  ASSIGN_OR_RETURN(
      const Key account,
      Key::Generate(contract.Has(kFirstMinorWithRsa) ? KeyType::kRsa4096 : KeyType::kEcdsaP256));
  secrets.service_account_key = account.ToSecretPem();
  return secrets;
}

}  // namespace ichor::pki
