#include "machined/trustd/register.h"

#include <chrono>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/pki/identity.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "machined/secrets/api_certificates.h"
#include "machined/trustd/service.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

struct Fixture {
  Fixture() {
    t.runtime.OnSettled([this] { late.OnSettled(); });
    t.runtime.Publish<boot::PowerRequest>("power", {});
    t.runtime.Publish<secrets::CertSAN>("api", {});
    Root("");
    Stage("STARTING");
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  }
  void Turn() {
    t.Advance(1s);
    t.Advance(1s);  // what is stated after a settle counts in the next one
    t.Advance(1s);
  }
  void Stage(const std::string& stage) {
    t.runtime.Publish<boot::NodeStage>("config", {{"stage", Text("stage: " + stage)}});
    Turn();
  }
  // A machine with the CA's key if it has the token.
  void Root(const std::string& token) {
    secrets::OSRootSecret::Spec root;
    *root.mutable_issuing_ca() = ToPem(ca);
    if (token.empty()) {
      root.mutable_issuing_ca()->clear_key();
    }
    root.add_accepted_cas()->set_crt(ca.certificate.ToPem());
    root.set_token(token);
    t.runtime.Publish<secrets::OSRootSecret>("root", {{"os", std::move(root)}});
    Turn();
  }
  void Names(const std::string& name) {
    secrets::CertSAN::Spec names;
    names.set_fqdn(name);
    names.add_dns_names(name);
    names.add_ips()->set_ip(std::string("\x0a\0\0\x01", 4));
    t.runtime.Publish<secrets::CertSAN>("api", {{"api", std::move(names)}});
    Turn();
  }
  std::string Certificate() {
    const auto rows = t.runtime.Read<secrets::TrustdCertificate>();
    return rows.empty() ? "" : rows.front().spec().server().crt();
  }
  // What the service waits for; "runs" if nothing, "none" if there is no such service.
  std::string Service() {
    const auto rows = t.runtime.Read<services::ServiceDefinition>();
    const auto row = rows.find("trustd");
    if (row == rows.end()) {
      return "none";
    }
    return row->spec().waits_for().empty() ? "runs" : row->spec().waits_for(0);
  }

  TestRuntime t;
  pki::Identity ca = *pki::NewAuthority(pki::OsAuthority(), t.clock.Now());
  std::unique_ptr<TrustdSecrets> secrets = RegisterTrustd(t.runtime, *t.loop, t.clock);
  LateServices late{t.runtime, {TrustdService()}, false};
};

}  // namespace

TEST_CASE("trustd: a machine with the CA's key has it, and a worker has not") {
  Fixture f;
  CHECK(f.Service() == "the config");  // one that runs is left as it is
  f.Stage("CONFIGURED");
  CHECK(f.Service() == "none");
  f.Root("abcdef.0123456789abcdef");
  CHECK(f.Service() == "its certificate");
  CHECK(f.Certificate().empty());
  f.Names("n1.example.org");
  CHECK(f.Service() == "runs");
  const auto certificate = pki::Certificate::FromPem(f.Certificate());
  REQUIRE_THAT(certificate, base::IsOk());
  CHECK(HasNames(*certificate, f.t.runtime.Read<secrets::CertSAN>().front().spec()));
  CHECK(certificate->NotAfter() - certificate->NotBefore() >= 24h);
  f.Root("");
  CHECK(f.Service() == "none");
  CHECK(f.Certificate().empty());
}

TEST_CASE("trustd: its certificate stays while it fits, and is new after half of its time") {
  Fixture f;
  f.Stage("CONFIGURED");
  f.Root("abcdef.0123456789abcdef");
  f.Names("n1");
  const std::string first = f.Certificate();
  f.t.Advance(3h);
  CHECK(f.Certificate() == first);
  f.t.Advance(10h);
  const std::string second = f.Certificate();
  CHECK(second != first);
  f.Names("n2");
  CHECK(f.Certificate() != second);
}

}  // namespace ichor
