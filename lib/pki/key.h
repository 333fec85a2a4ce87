// Private keys.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/pki/openssl.h"

namespace ichor::pki {

// A private key with its public part. Copies share it; the last one overwrites it.
class Key {
 public:
  // A new one. Blocks until the kernel has randomness, early at boot.
  static absl::StatusOr<Key> GenerateEd25519();

  // The first key in `pem`: PKCS#8 or the key's own form, with any label that ends in "PRIVATE
  // KEY". InvalidArgument if there is none, or if it needs a password.
  static absl::StatusOr<Key> FromPem(std::string_view pem);

  // As PKCS#8, labelled "ED25519 PRIVATE KEY" if it is such a one (as Go's clients expect), else
  // "PRIVATE KEY". The caller wipes the text.
  std::string ToPem() const;

  EVP_PKEY* get() const { return key_.get(); }

 private:
  explicit Key(EVP_PKEY* key) : key_(key, OpensslDelete()) {}

  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace ichor::pki
