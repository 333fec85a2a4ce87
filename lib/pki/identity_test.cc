#include "lib/pki/identity.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"

namespace ichor::pki {

using base::IsOk;
using base::StatusIs;

TEST_CASE("identity: each CA has the name, key and lifetime that clients know") {
  struct Expected {
    Authority authority;
    std::vector<std::string> organizations;
    int key_type;
  };
  const auto expected = GENERATE(
      Expected{
          .authority = OsAuthority(), .organizations = {"talos"}, .key_type = EVP_PKEY_ED25519},
      Expected{.authority = EtcdAuthority(), .organizations = {"etcd"}, .key_type = EVP_PKEY_EC},
      Expected{.authority = KubernetesAuthority(),
               .organizations = {"kubernetes"},
               .key_type = EVP_PKEY_EC},
      Expected{.authority = AggregatorAuthority(), .organizations = {}, .key_type = EVP_PKEY_EC});
  const base::WallTime now = base::FakeClock().Now();
  const absl::StatusOr<Identity> ca = NewAuthority(expected.authority, now);
  REQUIRE_THAT(ca, IsOk());
  CHECK(ca->certificate.Organizations() == expected.organizations);
  CHECK(EVP_PKEY_get_id(ca->key.get()) == expected.key_type);
  CHECK(ca->certificate.IsCa());
  CHECK(ca->certificate.IsOf(ca->key));
  CHECK(ca->certificate.NotAfter() == now + std::chrono::hours(87600));
}

TEST_CASE("identity: a client has its roles, sorted, for a year, and a key like the CA's") {
  const base::WallTime now = base::FakeClock().Now();
  const Identity ca = *NewAuthority(
      {.organization = "x", .key_type = GENERATE(KeyType::kEd25519, KeyType::kEcdsaP384)}, now);
  const absl::StatusOr<Identity> client = NewClient(ca, {"os:reader", "os:admin"}, now);
  REQUIRE_THAT(client, IsOk());
  CHECK(client->certificate.Organizations() == std::vector<std::string>{"os:admin", "os:reader"});
  CHECK(client->certificate.IsForClientsOnly());
  CHECK_FALSE(client->certificate.IsCa());
  CHECK(client->certificate.NotAfter() == now + std::chrono::hours(8760));
  CHECK(X509_verify(client->certificate.get(), ca.key.get()) == 1);
  CHECK(EVP_PKEY_get_id(client->key.get()) == EVP_PKEY_get_id(ca.key.get()));
  CHECK_THAT(NewClient(ca, {}, now), StatusIs(absl::StatusCode::kInvalidArgument,
                                              "a client needs a role, such as os:admin"));
}

TEST_CASE("identity: a key of another certificate is refused") {
  const base::WallTime now = base::FakeClock().Now();
  const Identity one = *NewAuthority(OsAuthority(), now);
  const Identity other = *NewAuthority(OsAuthority(), now);
  CHECK_THAT(IdentityFromPem(one.certificate.ToPem(), one.key.ToPem()), IsOk());
  CHECK_THAT(IdentityFromPem(one.certificate.ToPem(), other.key.ToPem()),
             StatusIs(absl::StatusCode::kInvalidArgument, "the key is not the certificate's"));
}

}  // namespace ichor::pki
