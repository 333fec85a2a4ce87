#include "lib/pki/cluster/secrets.h"

#include <charconv>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/pki/token.h"

namespace ichor::pki {
namespace {

constexpr int kFirstMinorWithSecretbox = 3;
constexpr int kFirstMinorWithRsa = 7;

// The number at the beginning of `text`, which it takes away; -1 if there is none.
int TakeNumber(std::string_view& text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) {
    return -1;
  }
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

}  // namespace

PemPair ToPemPair(const Identity& identity) {
  return {.certificate = identity.certificate.ToPem(), .key = identity.key.ToSecretPem()};
}

absl::StatusOr<SecretsForm> SecretsFormOf(std::string_view version) {
  if (version.empty()) {
    return SecretsForm{};
  }
  std::string_view rest = version;
  if (rest.starts_with('v')) {
    rest.remove_prefix(1);
  }
  const int major = TakeNumber(rest);
  const bool dot = rest.starts_with('.');
  rest.remove_prefix(dot ? 1 : 0);
  const int minor = TakeNumber(rest);
  if (major != 1 || !dot || minor < 0 ||
      (!rest.empty() && rest.front() != '.' && rest.front() != '-')) {
    return absl::InvalidArgumentError(
        std::format("\"{}\" is no version, such as v1.14 or v1.13.2", version));
  }
  return SecretsForm{.aescbc = minor < kFirstMinorWithSecretbox,
                     .ecdsa_service_account = minor < kFirstMinorWithRsa};
}

absl::StatusOr<ClusterSecrets> NewClusterSecrets(base::WallTime now, const SecretsForm& form) {
  ClusterSecrets secrets{.cluster_id = NewSymmetricKey().text(),
                         .cluster_secret = NewSymmetricKey(),
                         .bootstrap_token = NewToken(),
                         .trustd_token = NewToken()};
  (form.aescbc ? secrets.aescbc_key : secrets.secretbox_key) = NewSymmetricKey();
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
      Key::Generate(form.ecdsa_service_account ? KeyType::kEcdsaP256 : KeyType::kRsa4096));
  secrets.service_account_key = account.ToSecretPem();
  return secrets;
}

}  // namespace ichor::pki
