#include "trustd/certify.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>
#include <chrono>

#include "lib/base/status.h"
#include "lib/pki/identity.h"
#include "lib/pki/request.h"

namespace ichor::trustd {
namespace {

constexpr std::chrono::hours kLifetime{24};

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest DigestOf(std::string_view text) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

}  // namespace

absl::Status CheckToken(std::string_view token, const secrets::OSRootSecret::Spec& root) {
  const Digest shown = DigestOf(token);
  const Digest wanted = DigestOf(root.token());
  const bool same = CRYPTO_memcmp(shown.data(), wanted.data(), wanted.size()) == 0;
  return same && !root.token().empty()
             ? absl::OkStatus()
             : absl::UnauthenticatedError("the token is not this cluster's");
}

absl::StatusOr<securityapi::CertificateResponse> Certify(
    const securityapi::CertificateRequest& request, const secrets::OSRootSecret::Spec& root,
    base::WallTime now) {
  ASSIGN_OR_RETURN(const pki::Request asker, pki::Request::FromPem(request.csr()));
  ASSIGN_OR_RETURN(const pki::Identity ca,
                   pki::IdentityFromPem(root.issuing_ca().crt(), root.issuing_ca().key()));
  pki::Statement statement = asker.Asked();
  statement.organizations.clear();
  statement.for_servers = true;
  statement.not_before = now;
  statement.lifetime = kLifetime;
  ASSIGN_OR_RETURN(const pki::Certificate certificate,
                   pki::Sign(statement, asker.SubjectKey(), ca.certificate, ca.key));
  securityapi::CertificateResponse response;
  response.set_crt(certificate.ToPem());
  for (const auto& accepted : root.accepted_cas()) {
    response.mutable_ca()->append(accepted.crt());
  }
  return response;
}

}  // namespace ichor::trustd
