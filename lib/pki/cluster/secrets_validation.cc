#include "lib/pki/cluster/secrets_validation.h"

#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/pki/token.h"

namespace ichor::pki {
namespace {

void CheckThere(std::string_view path, std::string_view text, std::vector<std::string>& problems) {
  if (text.empty()) {
    problems.push_back(std::format("{} is missing", path));
  }
}

void CheckSymmetricKey(std::string_view path, std::string_view key,
                       std::vector<std::string>& problems) {
  if (key.empty()) {
    problems.push_back(std::format("{} is missing", path));
  } else if (!IsSymmetricKey(key)) {
    problems.push_back(std::format("{}: expected 32 bytes in base64", path));
  }
}

void CheckBootstrapToken(std::string_view path, const Secret& token,
                         std::vector<std::string>& problems) {
  if (token.empty()) {
    problems.push_back(std::format("{} is missing", path));
  } else if (!IsToken(token.text())) {
    problems.push_back(
        std::format("{}: expected 6 characters, a dot, 16 characters of 0-9 and a-z", path));
  }
}

void CheckPair(std::string_view path, const PemPair& pair, std::vector<std::string>& problems) {
  if (pair.certificate.empty() || pair.key.empty()) {
    problems.push_back(
        std::format("{}.{} is missing", path, pair.certificate.empty() ? "crt" : "key"));
    return;
  }
  const absl::StatusOr<Identity> identity = IdentityFromPem(pair.certificate, pair.key.text());
  if (!identity.ok()) {
    problems.push_back(std::format("{}: {}", path, base::MessageOf(identity.status())));
  } else if (!identity->certificate.IsCa()) {
    problems.push_back(std::format("{}.crt is no CA", path));
  }
}

void CheckEncryption(const ClusterSecrets& secrets, std::vector<std::string>& problems) {
  constexpr std::string_view kSecretbox = "secrets.secretboxencryptionsecret";
  constexpr std::string_view kAescbc = "secrets.aescbcencryptionsecret";
  if (!secrets.secretbox_key.empty() && !secrets.aescbc_key.empty()) {
    problems.push_back(std::format("both {} and {} are there: expected one", kSecretbox, kAescbc));
  } else if (!secrets.aescbc_key.empty()) {
    CheckSymmetricKey(kAescbc, secrets.aescbc_key.text(), problems);
  } else {
    CheckSymmetricKey(kSecretbox, secrets.secretbox_key.text(), problems);
  }
}

}  // namespace

std::vector<std::string> ProblemsOf(const ClusterSecrets& secrets) {
  std::vector<std::string> problems;
  CheckThere("cluster.id", secrets.cluster_id, problems);
  CheckSymmetricKey("cluster.secret", secrets.cluster_secret.text(), problems);
  CheckBootstrapToken("secrets.bootstraptoken", secrets.bootstrap_token, problems);
  CheckEncryption(secrets, problems);
  CheckThere("trustdinfo.token", secrets.trustd_token.text(), problems);
  CheckPair("certs.etcd", secrets.etcd, problems);
  CheckPair("certs.k8s", secrets.kubernetes, problems);
  CheckPair("certs.k8saggregator", secrets.aggregator, problems);
  if (const absl::StatusOr<Key> key = Key::FromPem(secrets.service_account_key.text()); !key.ok()) {
    problems.push_back(
        std::format("certs.k8sserviceaccount.key: {}", base::MessageOf(key.status())));
  }
  CheckPair("certs.os", secrets.os, problems);
  return problems;
}

}  // namespace ichor::pki
