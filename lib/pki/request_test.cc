#include "lib/pki/request.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/identity.h"

namespace ichor::pki {

using base::IsOk;
using base::StatusIs;

TEST_CASE("request: what is asked for comes back from its PEM, and a CA may sign it") {
  const Key key = *Key::Generate(GENERATE(KeyType::kEd25519, KeyType::kEcdsaP256));
  const std::string loopback("\x7f\0\0\x01", 4);
  const absl::StatusOr<Request> made = Request::Make({.common_name = "node",
                                                      .organizations = {"os:admin", "os:reader"},
                                                      .dns_names = {"node.example"},
                                                      .ips = {loopback}},
                                                     key);
  REQUIRE_THAT(made, IsOk());
  const absl::StatusOr<Request> request = Request::FromPem(made->ToPem());
  REQUIRE_THAT(request, IsOk());
  Statement asked = request->Asked();
  CHECK(asked.common_name == "node");
  CHECK(asked.organizations == std::vector<std::string>{"os:admin", "os:reader"});
  CHECK(asked.dns_names == std::vector<std::string>{"node.example"});
  CHECK(asked.ips == std::vector<std::string>{loopback});

  asked.not_before = base::FakeClock().Now();
  asked.lifetime = std::chrono::hours(1);
  const Identity ca = *NewAuthority(OsAuthority(), asked.not_before);
  const absl::StatusOr<Certificate> certificate =
      Sign(asked, request->SubjectKey(), ca.certificate, ca.key);
  REQUIRE_THAT(certificate, IsOk());
  CHECK(certificate->IsOf(key));
  CHECK(certificate->Organizations() == asked.organizations);
}

TEST_CASE("request: one without names is one") {
  const Key key = *Key::GenerateEd25519();
  const Request request = *Request::Make({.organizations = {"os:admin"}}, key);
  CHECK(request.Asked().dns_names.empty());
  CHECK(request.Asked().ips.empty());
}

TEST_CASE("request: a foreign signature and junk are refused") {
  CHECK_THAT(Request::FromPem("junk"), StatusIs(absl::StatusCode::kInvalidArgument,
                                                "read a certificate request: no start line"));
  std::string pem = (*Request::Make({.common_name = "n"}, *Key::GenerateEd25519())).ToPem();
  const size_t last = pem.find("\n-----END") - 8;  // before what base64 pads
  pem[last] = pem[last] == 'A' ? 'B' : 'A';
  CHECK(Request::FromPem(pem).status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace ichor::pki
