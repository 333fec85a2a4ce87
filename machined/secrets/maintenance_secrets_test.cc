#include "machined/secrets/maintenance_secrets.h"

#include <chrono>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "machined/secrets/register.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using base::IsOk;
using network::HostnameStatus;
using network::NodeAddress;
using secrets::ApiCertificate;
using secrets::CertSAN;
using secrets::MaintenanceRootSecret;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

struct Fixture {
  Fixture() {
    t.runtime.AddSource<NodeAddress>("networkd");
    t.runtime.AddSource<HostnameStatus>("hostname");
    REQUIRE_THAT(t.runtime.Validate(), IsOk());
    Start();
  }
  void Start() {
    secrets->Start();
    t.Settle();
    t.Advance(1s);
  }
  pki::Certificate Server() {
    const All<ApiCertificate> rows = t.runtime.Read<ApiCertificate>();
    REQUIRE(rows.size() == 1);
    return *pki::Certificate::FromPem(rows.front().spec().server().crt());
  }
  std::string CaPem() {
    const All<MaintenanceRootSecret> rows = t.runtime.Read<MaintenanceRootSecret>();
    REQUIRE(rows.size() == 1);
    return rows.front().spec().ca().crt();
  }

  TestRuntime t;
  std::unique_ptr<MaintenanceSecrets> secrets = RegisterSecrets(t.runtime, *t.loop, t.clock);
};

NodeAddress::Spec Address(const std::string& ip) {
  NodeAddress::Spec spec;
  spec.add_addresses()->set_ip(ip);
  return spec;
}

}  // namespace

TEST_CASE("maintenance secrets: there is a certificate before any address is known") {
  Fixture f;
  const pki::Certificate server = f.Server();
  const pki::Certificate ca = *pki::Certificate::FromPem(f.CaPem());
  CHECK(X509_verify(server.get(), X509_get0_pubkey(ca.get())) == 1);
  CHECK(X509_check_ip_asc(server.get(), "127.0.0.1", 0) == 1);
  CHECK(X509_check_ip_asc(server.get(), "::1", 0) == 1);
  CHECK(server.NotAfter() - server.NotBefore() == 24h);
  CHECK_FALSE(server.IsCa());
  const auto configs = f.t.runtime.Read<runtime::APIServiceConfig>();
  REQUIRE(configs.size() == 1);
  CHECK(configs.front().id() == "apid");
  CHECK(configs.front().spec().listen_address() == ":50000");
  CHECK(configs.front().spec().readonly_role_mode());
}

TEST_CASE(
    "maintenance secrets: new addresses and names come into the certificate, for the same key") {
  Fixture f;
  const std::string fingerprint = f.Server().Fingerprint();
  const std::string ca = f.CaPem();
  f.t.runtime.Publish<NodeAddress>("networkd",
                                   {{"accumulative", Address(std::string("\x0a\x00\x00\x01", 4))},
                                    {"current", Address(std::string("\x0a\x00\x00\x02", 4))}});
  f.t.Settle();
  f.t.Advance(1s);
  CHECK(X509_check_ip_asc(f.Server().get(), "10.0.0.1", 0) == 1);
  CHECK(X509_check_ip_asc(f.Server().get(), "10.0.0.2", 0) == 0);
  CHECK(X509_check_ip_asc(f.Server().get(), "127.0.0.1", 0) == 1);
  f.t.runtime.Publish<HostnameStatus>(
      "hostname", {{"hostname", Text("hostname: 'n1' domainname: 'example.org'")}});
  f.t.Settle();
  f.t.Advance(1s);
  CHECK(X509_check_host(f.Server().get(), "n1.example.org", 0, 0, nullptr) == 1);
  CHECK(X509_check_ip_asc(f.Server().get(), "10.0.0.1", 0) == 1);
  CHECK(f.Server().Fingerprint() == fingerprint);
  CHECK(f.CaPem() == ca);
}

TEST_CASE("maintenance secrets: a hostname that fits no certificate is left out") {
  Fixture f;
  f.t.runtime.Publish<HostnameStatus>("hostname", {{"hostname", Text("hostname: 'a b'")}});
  f.t.Settle();
  f.t.Advance(1s);
  CHECK(X509_check_ip_asc(f.Server().get(), "127.0.0.1", 0) == 1);
}

TEST_CASE("maintenance secrets: a certificate is made again when half its time is over") {
  Fixture f;
  const base::WallTime first = f.Server().NotBefore();
  f.t.Advance(11h);
  CHECK(f.Server().NotBefore() == first);
  f.t.Advance(2h);
  CHECK(f.Server().NotBefore() > first);
}

TEST_CASE("maintenance secrets: the next machined goes on with what the state holds") {
  Fixture f;
  const std::string fingerprint = f.Server().Fingerprint();
  const std::string ca = f.CaPem();
  f.secrets = nullptr;
  f.secrets = std::make_unique<MaintenanceSecrets>(f.t.runtime, *f.t.loop, f.t.clock);
  f.Start();
  CHECK(f.Server().Fingerprint() == fingerprint);
  CHECK(f.CaPem() == ca);
}

}  // namespace ichor
