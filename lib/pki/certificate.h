// X.509 certificates: made, read and looked at. See RFC 5280.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/pki/key.h"
#include "lib/pki/openssl.h"

namespace ichor::pki {

// Copies share it.
class Certificate {
 public:
  // InvalidArgument if `pem` does not begin with a certificate, after text at most.
  static absl::StatusOr<Certificate> FromPem(std::string_view pem);
  // All certificates of `pem`, one at least.
  static absl::StatusOr<std::vector<Certificate>> AllFromPem(std::string_view pem);
  // Takes `certificate`.
  explicit Certificate(OpensslPtr<X509> certificate) : certificate_(std::move(certificate)) {}

  std::string ToPem() const;
  std::string ToDer() const;

  // Base64 of the SHA-256 of the public key (SubjectPublicKeyInfo), as `--cert-fingerprint` takes
  // it.
  std::string Fingerprint() const;
  // "sha256:" and the same digest in hexadecimal, as kubeadm writes it.
  std::string PublicKeyDigest() const;
  // O values of the subject, in order.
  std::vector<std::string> Organizations() const;
  base::WallTime NotBefore() const;
  base::WallTime NotAfter() const;
  // Whether it may sign others.
  bool IsCa() const;
  // Whether its extended key usage is client authentication, and nothing else.
  bool IsForClientsOnly() const;
  // Whether `key` is the private one of this certificate.
  bool IsOf(const Key& key) const;

  X509* get() const { return certificate_.get(); }

 private:
  std::shared_ptr<X509> certificate_;
};

// What a certificate shall say.
struct Statement {
  std::string common_name;                 // none if empty
  std::vector<std::string> organizations;  // one relative name with all of them, as Go's clients do
  std::vector<std::string> dns_names;
  std::vector<std::string> ips;  // 4 or 16 bytes each
  bool ca = false;               // it may sign certificates, and nobody below it further CAs
  bool for_servers = false;
  bool for_clients = false;
  bool key_encipherment = false;  // a key usage beside signatures
  base::WallTime not_before;
  std::chrono::seconds lifetime{};
};

// A certificate for `key`, signed with itself. InvalidArgument for a name or address that cannot
// stand in one. The serial number is random.
absl::StatusOr<Certificate> SelfSign(const Statement& statement, const Key& key);

// A certificate for `key`, signed by `ca`, whose key is `ca_key`. Errors as SelfSign.
absl::StatusOr<Certificate> Sign(const Statement& statement, const Key& key, const Certificate& ca,
                                 const Key& ca_key);
absl::StatusOr<Certificate> Sign(const Statement& statement, const PublicKey& key,
                                 const Certificate& ca, const Key& ca_key);

}  // namespace ichor::pki
