// Private keys, and the public ones that belong to them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "lib/pki/openssl.h"
#include "lib/pki/secret.h"

namespace ichor::pki {

enum class KeyType : std::uint8_t { kEd25519, kEcdsaP256, kEcdsaP384, kRsa2048, kRsa4096 };

// What can check a signature. Copies share it.
class PublicKey {
 public:
  // Takes `key`.
  explicit PublicKey(OpensslPtr<EVP_PKEY> key) : key_(std::move(key)) {}

  // As SubjectPublicKeyInfo, labelled "ED25519 PUBLIC KEY", "EC PUBLIC KEY" or "PUBLIC KEY", as
  // clients expect.
  std::string ToPem() const;

  EVP_PKEY* get() const { return key_.get(); }  // NOLINT(readability-identifier-naming)

 private:
  std::shared_ptr<EVP_PKEY> key_;
};

// A private key with its public part. Copies share it; the last one overwrites it.
class Key {
 public:
  // A new one, of the kernel's randomness. Blocks until the kernel has some, early at boot, and
  // for RSA up to some seconds.
  static absl::StatusOr<Key> Generate(KeyType type);
  static absl::StatusOr<Key> GenerateEd25519() { return Generate(KeyType::kEd25519); }

  // The first key in `pem`: PKCS#8 or the key's own form, with any label that ends in "PRIVATE
  // KEY". InvalidArgument if there is none, if it needs a password, or if it is neither Ed25519 nor
  // ECDSA nor RSA.
  static absl::StatusOr<Key> FromPem(std::string_view pem);

  // In the form that clients expect: "ED25519 PRIVATE KEY" with PKCS#8 inside, "EC PRIVATE KEY"
  // (SEC 1), "RSA PRIVATE KEY" (PKCS#1). The caller wipes the text.
  std::string ToPem() const;
  // The same, wiped by itself.
  Secret ToSecretPem() const { return Secret(ToPem()); }

  PublicKey Public() const;

  // The type of a key that this one, a CA's, signs a certificate for: of the same algorithm.
  KeyType TypeOfLeaves() const;

  EVP_PKEY* get() const { return key_.get(); }

 private:
  explicit Key(EVP_PKEY* key) : key_(key, OpensslDelete()) {}

  std::shared_ptr<EVP_PKEY> key_;
};

// The digest that `key` signs certificates with: none (nullptr) for Ed25519, which has its own.
const EVP_MD* DigestOf(const Key& key);

}  // namespace ichor::pki
