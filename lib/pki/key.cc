#include "lib/pki/key.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>

#include "absl/log/check.h"

namespace ichor::pki {
namespace {

// One block of PEM, as OpenSSL gives it.
struct Block {
  Block() = default;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() {
    OPENSSL_free(label);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<size_t>(size));
  }

  char* label = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;  // OpenSSL's type
};

}  // namespace

absl::StatusOr<Key> Key::GenerateEd25519() {
  EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (key == nullptr) {
    return OpensslError(absl::StatusCode::kInternal, "generate a key");
  }
  return Key(key);
}

absl::StatusOr<Key> Key::FromPem(std::string_view pem) {
  const OpensslPtr<BIO> bio = ReadFrom(pem);
  while (true) {
    Block block;
    if (PEM_read_bio(bio.get(), &block.label, &block.header, &block.data, &block.size) != 1) {
      return OpensslError(absl::StatusCode::kInvalidArgument, "read a private key");
    }
    if (!std::string_view(block.label).ends_with("PRIVATE KEY")) {
      continue;
    }
    if (!std::string_view(block.header).empty()) {
      return absl::InvalidArgumentError("read a private key: it is encrypted");
    }
    const unsigned char* next = block.data;
    EVP_PKEY* const key = d2i_AutoPrivateKey(nullptr, &next, block.size);
    if (key == nullptr) {
      return OpensslError(absl::StatusCode::kInvalidArgument, "read a private key");
    }
    return Key(key);
  }
}

std::string Key::ToPem() const {
  const OpensslPtr<PKCS8_PRIV_KEY_INFO> info(EVP_PKEY2PKCS8(key_.get()));
  CHECK(info != nullptr);
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
  CHECK_GT(size, 0);
  const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  const bool ed25519 = EVP_PKEY_get_id(key_.get()) == EVP_PKEY_ED25519;
  PEM_write_bio(bio.get(), ed25519 ? "ED25519 PRIVATE KEY" : "PRIVATE KEY", "", der, size);
  OPENSSL_clear_free(der, static_cast<size_t>(size));
  return Written(bio.get());
}

}  // namespace ichor::pki
