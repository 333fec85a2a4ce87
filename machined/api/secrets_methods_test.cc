#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
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

TEST_CASE("secrets methods: the kubeconfig is an archive of one file, on a control plane alone") {
  ApiFixture f;
  constexpr const char* kKubeconfig = "/machine.MachineService/Kubeconfig";
  f.Call<common::Data>(kKubeconfig, "");
  CHECK_THAT(f.status, base::StatusIs(absl::StatusCode::kUnimplemented,
                                      "this is only available on control plane nodes"));
  const pki::Identity ca = *pki::NewAuthority(pki::KubernetesAuthority(), f.t.clock.Now());
  secrets::KubernetesRootSecret::Spec root;
  root.set_name("home");
  root.mutable_issuing_ca()->set_crt(ca.certificate.ToPem());
  root.mutable_issuing_ca()->set_key(ca.key.ToPem());
  f.t.runtime.Publish<secrets::KubernetesRootSecret>("test", {{"k8s", root}});
  f.t.Settle();
  const auto reply = f.Call<common::Data>(kKubeconfig, "");
  REQUIRE(f.parsed);
  CHECK(reply.bytes().starts_with("\x1f\x8b"));
}

}  // namespace ichor::api
