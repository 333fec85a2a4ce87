#include "trustd/authority.h"

#include <chrono>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/clock.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/identity.h"
#include "lib/pki/request.h"
#include "lib/rpc/client.h"
#include "lib/runtime/loop_executor.h"
#include "lib/runtime/store.h"
#include "security/security.pb.h"

namespace ichor::trustd {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr const char* kToken = "abcdef.0123456789abcdef";
constexpr const char* kMethod = "/securityapi.SecurityService/Certificate";

struct Fixture {
  Fixture() { REQUIRE_THAT(runtime.Validate(), IsOk()); }

  void Publish() {
    const pki::Key key = *pki::Key::GenerateEd25519();
    const pki::Certificate certificate = *pki::Sign({.common_name = "n1",
                                                     .ips = {std::string("\x7f\0\0\x01", 4)},
                                                     .for_servers = true,
                                                     .not_before = clock.Now(),
                                                     .lifetime = std::chrono::hours(24)},
                                                    key, ca.certificate, ca.key);
    secrets::TrustdCertificate::Spec shown;
    shown.mutable_server()->set_crt(certificate.ToPem());
    shown.mutable_server()->set_key(key.ToPem());
    runtime.Publish<secrets::TrustdCertificate>("test", {{"trustd", shown}});
    secrets::OSRootSecret::Spec root;
    root.mutable_issuing_ca()->set_crt(ca.certificate.ToPem());
    root.mutable_issuing_ca()->set_key(ca.key.ToPem());
    root.add_accepted_cas()->set_crt(ca.certificate.ToPem());
    root.set_token(kToken);
    runtime.Publish<secrets::OSRootSecret>("test", {{"os", root}});
    Until([this] { return authority.Port().ok(); });
  }
  template <class Done>
  void Until(Done done) {
    while (!done()) {
      if (!loop->RunReady()) {
        loop->poller().Wait(std::chrono::milliseconds(5));
      }
    }
  }
  // What a worker hears that trusts this CA.
  absl::StatusOr<std::string> Call(const std::string& method, const rpc::Metadata& metadata,
                                   const std::string& request) {
    const auto context = rpc::NewTlsClientContext({.trust = rpc::TlsTrust::kCa,
                                                   .server_name = "127.0.0.1",
                                                   .cas_pem = ca.certificate.ToPem(),
                                                   .certificate_pem = {},
                                                   .key_pem = {}});
    REQUIRE_THAT(context, IsOk());
    const auto client = *rpc::Client::ConnectTls(
        *loop, std::format("127.0.0.1:{}", authority.Port().value()), *context);
    client->SetMetadata(metadata);
    std::optional<absl::StatusOr<std::string>> reply;
    client->Unary(method, request,
                  [&reply](absl::StatusOr<std::string> answer) { reply = std::move(answer); });
    Until([&reply] { return reply.has_value(); });
    return *std::move(reply);
  }

  base::RealClock clock;
  std::unique_ptr<Loop> loop = *Loop::Create(clock);
  LoopExecutor executor{*loop};
  Store store{clock};
  Runtime runtime{*loop, executor, store, clock};
  pki::Identity ca = *pki::NewAuthority(pki::OsAuthority(), clock.Now());
  Authority authority{*loop, runtime, clock, "127.0.0.1:0"};
};

std::string Request() {
  securityapi::CertificateRequest request;
  request.set_csr(pki::Request::Make({.common_name = "w1"}, *pki::Key::GenerateEd25519())->ToPem());
  return request.SerializeAsString();
}

}  // namespace

TEST_CASE("trustd: a worker with the machine token gets a certificate") {
  Fixture f;
  CHECK_THAT(f.authority.Port(),
             StatusIs(absl::StatusCode::kUnavailable, "trustd does not listen"));
  f.Publish();
  const auto reply = f.Call(kMethod, {{"token", kToken}}, Request());
  REQUIRE_THAT(reply, IsOk());
  securityapi::CertificateResponse response;
  REQUIRE(response.ParseFromString(*reply));
  CHECK(response.ca() == f.ca.certificate.ToPem());
  CHECK_THAT(pki::Certificate::FromPem(response.crt()), IsOk());
}

TEST_CASE("trustd: without the token there is none, and there are no other methods") {
  Fixture f;
  f.Publish();
  for (const rpc::Metadata& metadata : {rpc::Metadata{}, rpc::Metadata{{"token", "x"}}}) {
    CHECK_THAT(f.Call(kMethod, metadata, Request()),
               StatusIs(absl::StatusCode::kUnauthenticated, "the token is not this cluster's"));
  }
  CHECK(f.Call("/machine.MachineService/Version", {{"token", kToken}}, "").status().code() ==
        absl::StatusCode::kUnimplemented);
  const auto large = f.Call(kMethod, {{"token", kToken}}, std::string(100 << 10, 'x'));
  CHECK(large.status().code() == absl::StatusCode::kResourceExhausted);
}

TEST_CASE("trustd: a machine that is no control plane any more does not listen") {
  Fixture f;
  f.Publish();
  f.runtime.Publish<secrets::TrustdCertificate>("test", {});
  f.Until([&f] { return !f.authority.Port().ok(); });
}

}  // namespace ichor::trustd
