#include "lib/pki/key.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::pki {

using base::IsOk;

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

TEST_CASE("key: a secret that is wiped is gone") {
  std::string secret = "0123456789012345678901234567890123456789";
  const char* const bytes = secret.data();
  Wipe(secret);
  CHECK(secret.empty());
  CHECK(bytes[0] == '\0');
}

}  // namespace ichor::pki
