#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/pki/identity.h"
#include "machined/api/api_fixture.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor::api {

constexpr const char* kMethod = "/machine.MachineService/GenerateClientConfiguration";

TEST_CASE("secrets methods: a node with the CA's key makes a client, others say who can") {
  ApiFixture f;
  machine::GenerateClientConfigurationRequest request;
  request.add_roles("os:reader");
  request.mutable_crt_ttl()->set_seconds(60);
  const std::string bytes = request.SerializeAsString();
  f.Call<machine::GenerateClientConfigurationResponse>(kMethod, bytes);
  CHECK_THAT(f.status, base::StatusIs(absl::StatusCode::kUnimplemented,
                                      "this is only available on control plane nodes"));

  const pki::Identity ca = *pki::NewAuthority(pki::OsAuthority(), f.t.clock.Now());
  secrets::OSRootSecret::Spec root;
  root.mutable_issuing_ca()->set_crt(ca.certificate.ToPem());
  root.mutable_issuing_ca()->set_key(ca.key.ToPem());
  f.t.runtime.Publish<secrets::OSRootSecret>("test", {{"os", root}});
  f.t.Settle();
  const auto reply = f.Call<machine::GenerateClientConfigurationResponse>(kMethod, bytes);
  REQUIRE(f.parsed);
  REQUIRE(reply.messages_size() == 1);
  CHECK(reply.messages(0).ca() == ca.certificate.ToPem());
}

}  // namespace ichor::api
