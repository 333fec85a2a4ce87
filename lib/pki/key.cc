#include "lib/pki/key.h"

#include <openssl/crypto.h>
#include <openssl/encoder.h>
#include <openssl/pem.h>

#include <format>

#include "absl/log/check.h"
#include "lib/pki/randomness.h"

namespace ichor::pki {
namespace {

constexpr int kP384Bits = 384;

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

bool IsOfKnownType(const EVP_PKEY* key) {
  const int type = EVP_PKEY_get_id(key);
  return type == EVP_PKEY_ED25519 || type == EVP_PKEY_EC || type == EVP_PKEY_RSA;
}

EVP_PKEY* NewKey(KeyType type) {
  switch (type) {
    case KeyType::kEd25519:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    case KeyType::kEcdsaP256:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    case KeyType::kEcdsaP384:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384");
    case KeyType::kRsa2048:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048});
    case KeyType::kRsa4096:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{4096});
  }
  return nullptr;
}

// PKCS#8, under the label that Go's clients gave to keys of this type.
void WriteEd25519(BIO* bio, const EVP_PKEY* key) {
  const OpensslPtr<PKCS8_PRIV_KEY_INFO> info(EVP_PKEY2PKCS8(key));
  CHECK(info != nullptr);
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
  CHECK_GT(size, 0);
  PEM_write_bio(bio, "ED25519 PRIVATE KEY", "", der, size);
  OPENSSL_clear_free(der, static_cast<size_t>(size));
}

const char* PublicLabel(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_id(key)) {
    case EVP_PKEY_ED25519:
      return "ED25519 PUBLIC KEY";
    case EVP_PKEY_EC:
      return "EC PUBLIC KEY";
    default:
      return "PUBLIC KEY";
  }
}

}  // namespace

std::string PublicKey::ToPem() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  CHECK_GT(size, 0);
  const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio(bio.get(), PublicLabel(key_.get()), "", der, size);
  OPENSSL_free(der);
  return Written(bio.get());
}

absl::StatusOr<Key> Key::Generate(KeyType type) {
  UseKernelRandomness();
  EVP_PKEY* const key = NewKey(type);
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
    const std::string_view label = block.label;
    if (!label.ends_with("PRIVATE KEY")) {
      continue;
    }
    if (!std::string_view(block.header).empty() || label.starts_with("ENCRYPTED")) {
      return absl::InvalidArgumentError("read a private key: it is encrypted");
    }
    const unsigned char* next = block.data;
    EVP_PKEY* const key = d2i_AutoPrivateKey(nullptr, &next, block.size);
    if (key == nullptr) {
      return OpensslError(absl::StatusCode::kInvalidArgument, "read a private key");
    }
    Key read(key);
    if (!IsOfKnownType(key)) {
      return absl::InvalidArgumentError(
          "read a private key: its type is none of Ed25519, ECDSA and RSA");
    }
    return read;
  }
}

std::string Key::ToPem() const {
  const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  if (EVP_PKEY_get_id(key_.get()) == EVP_PKEY_ED25519) {
    WriteEd25519(bio.get(), key_.get());
  } else {
    CHECK_EQ(PEM_write_bio_PrivateKey_traditional(bio.get(), key_.get(), nullptr, nullptr, 0,
                                                  nullptr, nullptr),
             1);
  }
  return Written(bio.get());
}

PublicKey Key::Public() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  CHECK_GT(size, 0);
  const unsigned char* next = der;
  OpensslPtr<EVP_PKEY> key(d2i_PUBKEY(nullptr, &next, size));
  OPENSSL_free(der);
  CHECK(key != nullptr);
  return PublicKey(std::move(key));
}

KeyType Key::TypeOfLeaves() const {
  switch (EVP_PKEY_get_id(key_.get())) {
    case EVP_PKEY_ED25519:
      return KeyType::kEd25519;
    case EVP_PKEY_EC:
      return KeyType::kEcdsaP256;
    default:
      return KeyType::kRsa4096;
  }
}

const EVP_MD* DigestOf(const Key& key) {
  switch (EVP_PKEY_get_id(key.get())) {
    case EVP_PKEY_ED25519:
      return nullptr;
    case EVP_PKEY_EC:
      return EVP_PKEY_get_bits(key.get()) >= kP384Bits ? EVP_sha384() : EVP_sha256();
    default:
      return EVP_sha512();
  }
}

}  // namespace ichor::pki
