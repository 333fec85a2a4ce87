#include "lib/pki/key.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::pki {

using base::IsOk;
using base::StatusIs;

TEST_CASE("key: a generated key comes back from its PEM, whatever the label") {
  const absl::StatusOr<Key> key = Key::GenerateEd25519();
  REQUIRE_THAT(key, IsOk());
  std::string pem = key->ToPem();
  CHECK(pem.starts_with("-----BEGIN ED25519 PRIVATE KEY-----\n"));
  if (GENERATE(false, true)) {
    pem = "-----BEGIN PRIVATE KEY-----\n" + pem.substr(pem.find('\n') + 1);
    pem = pem.substr(0, pem.find("-----END")) + "-----END PRIVATE KEY-----\n";
  }
  const absl::StatusOr<Key> again = Key::FromPem(pem);
  REQUIRE_THAT(again, IsOk());
  CHECK(EVP_PKEY_eq(key->get(), again->get()) == 1);
}

TEST_CASE("key: what is no key is refused") {
  const std::string pem =
      GENERATE(as<std::string>(), "", "junk",
               "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
               "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  CHECK(Key::FromPem(pem).status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("key: each type has the label that clients expect, and comes back") {
  struct Expected {
    KeyType type;
    std::string label;
    std::string public_label;
  };
  const auto expected = GENERATE(
      Expected{
          .type = KeyType::kEcdsaP256, .label = "EC PRIVATE KEY", .public_label = "EC PUBLIC KEY"},
      Expected{
          .type = KeyType::kEcdsaP384, .label = "EC PRIVATE KEY", .public_label = "EC PUBLIC KEY"},
      Expected{.type = KeyType::kRsa2048, .label = "RSA PRIVATE KEY", .public_label = "PUBLIC KEY"},
      Expected{.type = KeyType::kEd25519,
               .label = "ED25519 PRIVATE KEY",
               .public_label = "ED25519 PUBLIC KEY"});
  const absl::StatusOr<Key> key = Key::Generate(expected.type);
  REQUIRE_THAT(key, IsOk());
  const std::string pem = key->ToPem();
  CHECK(pem.starts_with("-----BEGIN " + expected.label + "-----\n"));
  CHECK(key->Public().ToPem().starts_with("-----BEGIN " + expected.public_label + "-----\n"));
  const absl::StatusOr<Key> again = Key::FromPem("Some text before it.\n" + pem);
  REQUIRE_THAT(again, IsOk());
  CHECK(EVP_PKEY_eq(key->get(), again->get()) == 1);
  CHECK(EVP_PKEY_eq(key->get(), key->Public().get()) == 1);
}

TEST_CASE("key: one of another algorithm, and one with a password, are refused") {
  // An X25519 key in PKCS#8: RFC 8410 has its form, the key itself is all zeros.
  CHECK_THAT(Key::FromPem("-----BEGIN PRIVATE KEY-----\n"
                          "MC4CAQAwBQYDK2VuBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                          "-----END PRIVATE KEY-----\n"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "read a private key: its type is none of Ed25519, ECDSA and RSA"));
  CHECK_THAT(Key::FromPem("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"
                          "-----END ENCRYPTED PRIVATE KEY-----\n"),
             StatusIs(absl::StatusCode::kInvalidArgument, "read a private key: it is encrypted"));
}

TEST_CASE("key: a secret that is wiped is gone") {
  std::string secret = "0123456789012345678901234567890123456789";
  const char* const bytes = secret.data();
  Wipe(secret);
  CHECK(secret.empty());
  CHECK(bytes[0] == '\0');
}

}  // namespace ichor::pki
