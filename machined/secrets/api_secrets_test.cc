#include "machined/secrets/api_secrets.h"

#include <chrono>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "machined/secrets/register.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using base::IsOk;
using boot::NodeStage;
using network::HostnameStatus;
using network::NodeAddress;
using runtime::APIServiceConfig;
using secrets::ApiCertificate;
using secrets::CertSAN;
using secrets::MaintenanceRootSecret;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;
using Stage = NodeStage::Spec;

bool IsSignedBy(const pki::Certificate& certificate, const std::string& ca_pem) {
  const pki::Certificate ca = *pki::Certificate::FromPem(ca_pem);
  return X509_verify(certificate.get(), X509_get0_pubkey(ca.get())) == 1;
}

// Base64, as configs have it.
std::string Encoded(const std::string& text) {
  std::string encoded(4 * (text.size() / 3 + 1) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  encoded.resize(static_cast<size_t>(size));
  return encoded;
}

std::string ConfigOf(const pki::Identity& ca, bool with_key = true) {
  return "machine:\n  type: controlplane\n  certSANs: [api.example.org]\n  ca:\n    crt: " +
         Encoded(ca.certificate.ToPem()) +
         (with_key ? "\n    key: " + Encoded(ca.key.ToPem()) : "") + "\ncluster: {}\n";
}

struct Fixture {
  explicit Fixture(Stage::Stage stage = Stage::MAINTENANCE) {
    t.runtime.AddSource<NodeAddress>("networkd");
    t.runtime.AddSource<HostnameStatus>("hostname");
    t.runtime.AddSource<config::MachineConfig>("config");
    t.runtime.AddSource<NodeStage>("config");
    REQUIRE_THAT(t.runtime.Validate(), IsOk());
    SetStage(stage);
  }
  void SetStage(Stage::Stage stage) {
    Stage spec;
    spec.set_stage(stage);
    t.runtime.Publish<NodeStage>("config", {{"stage", spec}});
    Turn();
  }
  void SetConfig(const std::string& text) {
    config::MachineConfig::Spec spec;
    spec.set_yaml_marshalled(text);
    t.runtime.Publish<config::MachineConfig>("config", {{"v1alpha1", spec}});
    Turn();
  }
  void Turn() {
    t.Settle();
    t.Advance(1s);
  }
  ApiCertificate::Spec Row() {
    const All<ApiCertificate> rows = t.runtime.Read<ApiCertificate>();
    REQUIRE(rows.size() == 1);
    return rows.front().spec();
  }
  pki::Certificate Server() { return *pki::Certificate::FromPem(Row().server().crt()); }
  APIServiceConfig::Spec Service() {
    const auto rows = t.runtime.Read<APIServiceConfig>();
    REQUIRE(rows.size() == 1);
    CHECK(rows.front().id() == "apid");
    return rows.front().spec();
  }
  std::string CaPem() {
    const All<MaintenanceRootSecret> rows = t.runtime.Read<MaintenanceRootSecret>();
    REQUIRE(rows.size() == 1);
    return rows.front().spec().ca().crt();
  }

  TestRuntime t;
  std::unique_ptr<ApiSecrets> secrets = RegisterSecrets(t.runtime, *t.loop, t.clock);
};

NodeAddress::Spec Address(const std::string& ip) {
  NodeAddress::Spec spec;
  spec.add_addresses()->set_ip(ip);
  return spec;
}

pki::Identity NewCa(const TestRuntime& t) {
  return *pki::NewAuthority(pki::OsAuthority(), t.clock.Now());
}

}  // namespace

TEST_CASE("api secrets: nobody connects before it is known who may") {
  Fixture f(Stage::STARTING);
  CHECK(f.t.runtime.Read<APIServiceConfig>().empty());
  CHECK(f.t.runtime.Read<ApiCertificate>().empty());
}

TEST_CASE("api secrets: in maintenance mode there is a certificate before any address is known") {
  Fixture f;
  const pki::Certificate server = f.Server();
  CHECK(IsSignedBy(server, f.CaPem()));
  CHECK(X509_check_ip_asc(server.get(), "127.0.0.1", 0) == 1);
  CHECK(X509_check_ip_asc(server.get(), "::1", 0) == 1);
  CHECK(server.NotAfter() - server.NotBefore() == 24h);
  CHECK_FALSE(server.IsCa());
  CHECK(f.Service().listen_address() == ":50000");
  CHECK(f.Service().readonly_role_mode());
  CHECK(f.Service().skip_verifying_client_cert());
}

TEST_CASE("api secrets: new addresses and names come into the certificate, for the same key") {
  Fixture f;
  const std::string fingerprint = f.Server().Fingerprint();
  const std::string ca = f.CaPem();
  f.t.runtime.Publish<NodeAddress>("networkd",
                                   {{"accumulative", Address(std::string("\x0a\x00\x00\x01", 4))},
                                    {"current", Address(std::string("\x0a\x00\x00\x02", 4))}});
  f.Turn();
  CHECK(X509_check_ip_asc(f.Server().get(), "10.0.0.1", 0) == 1);
  CHECK(X509_check_ip_asc(f.Server().get(), "10.0.0.2", 0) == 0);
  CHECK(X509_check_ip_asc(f.Server().get(), "127.0.0.1", 0) == 1);
  f.t.runtime.Publish<HostnameStatus>(
      "hostname", {{"hostname", Text("hostname: 'n1' domainname: 'example.org'")}});
  f.Turn();
  CHECK(X509_check_host(f.Server().get(), "n1.example.org", 0, 0, nullptr) == 1);
  CHECK(X509_check_ip_asc(f.Server().get(), "10.0.0.1", 0) == 1);
  CHECK(f.Server().Fingerprint() == fingerprint);
  CHECK(f.CaPem() == ca);
}

TEST_CASE("api secrets: a hostname that fits no certificate is left out") {
  Fixture f;
  f.t.runtime.Publish<HostnameStatus>("hostname", {{"hostname", Text("hostname: 'a b'")}});
  f.Turn();
  CHECK(X509_check_ip_asc(f.Server().get(), "127.0.0.1", 0) == 1);
}

TEST_CASE("api secrets: a certificate is made again when half its time is over") {
  Fixture f;
  const base::WallTime first = f.Server().NotBefore();
  f.t.Advance(11h);
  CHECK(f.Server().NotBefore() == first);
  f.t.Advance(2h);
  CHECK(f.Server().NotBefore() > first);
}

TEST_CASE("api secrets: a config's CA signs, and asks clients for a certificate of its own") {
  Fixture f;
  const std::string before = f.Server().Fingerprint();
  const pki::Identity ca = NewCa(f.t);
  f.SetConfig(ConfigOf(ca));
  CHECK(f.Service().readonly_role_mode());  // until the stage says so
  f.SetStage(Stage::CONFIGURED);
  const pki::Certificate server = f.Server();
  CHECK(IsSignedBy(server, ca.certificate.ToPem()));
  CHECK(server.Fingerprint() != before);
  CHECK(X509_check_host(server.get(), "api.example.org", 0, 0, nullptr) == 1);
  CHECK_FALSE(f.Service().readonly_role_mode());
  CHECK_FALSE(f.Service().skip_verifying_client_cert());
  CHECK_FALSE(f.Service().node_routing_disabled());
  CHECK_FALSE(f.Row().skip_verifying_client_cert());
  REQUIRE(f.Row().accepted_cas_size() == 1);
  CHECK(f.Row().accepted_cas(0).crt() == ca.certificate.ToPem());
  CHECK(f.t.runtime.Read<MaintenanceRootSecret>().empty());
  const pki::Certificate forwarder = *pki::Certificate::FromPem(f.Row().client().crt());
  CHECK(forwarder.Organizations() == std::vector<std::string>{"os:impersonator"});
  CHECK(forwarder.IsForClientsOnly());
}

TEST_CASE("api secrets: another CA of the config makes another certificate, live") {
  Fixture f;
  f.SetConfig(ConfigOf(NewCa(f.t)));
  f.SetStage(Stage::CONFIGURED);
  const pki::Identity next = NewCa(f.t);
  f.SetConfig(ConfigOf(next));
  CHECK(IsSignedBy(f.Server(), next.certificate.ToPem()));
}

TEST_CASE("api secrets: a worker, which has no CA's key, still asks clients for a certificate") {
  Fixture f;
  const pki::Identity ca = NewCa(f.t);
  f.SetConfig(ConfigOf(ca, false));
  f.SetStage(Stage::CONFIGURED);
  CHECK(IsSignedBy(f.Server(), f.CaPem()));
  CHECK_FALSE(f.Service().skip_verifying_client_cert());
  CHECK(f.Row().accepted_cas(0).crt() == ca.certificate.ToPem());
  CHECK(f.Row().client().crt().empty());
}

TEST_CASE("api secrets: a node that lost its config lets in whom META remembers, or nobody") {
  Fixture f(Stage::RECOVERY);
  CHECK(f.t.runtime.Read<APIServiceConfig>().empty());
  const std::string ca = NewCa(f.t).certificate.ToPem();
  f.secrets->SetRecoveryCas(ca);
  f.Turn();
  CHECK_FALSE(f.Service().skip_verifying_client_cert());
  CHECK_FALSE(f.Service().readonly_role_mode());
  CHECK(f.Row().accepted_cas(0).crt() == ca);
}

TEST_CASE("api secrets: the next machined goes on with what the state holds") {
  Fixture f;
  const bool configured = GENERATE(false, true);
  if (configured) {
    f.SetConfig(ConfigOf(NewCa(f.t)));
    f.SetStage(Stage::CONFIGURED);
  }
  const std::string fingerprint = f.Server().Fingerprint();
  const std::string client = f.Row().client().crt();
  const auto stage = configured ? Stage::CONFIGURED : Stage::MAINTENANCE;
  const auto roots = f.t.runtime.Read<secrets::OSRootSecret>();
  f.secrets = nullptr;
  f.secrets = std::make_unique<ApiSecrets>(f.t.runtime, *f.t.loop, f.t.clock);
  if (configured) {
    f.secrets->SetRoot(roots.front().spec());
  }
  f.secrets->SetStage(stage);
  f.Turn();
  CHECK(f.Server().Fingerprint() == fingerprint);
  CHECK(f.Row().client().crt() == client);
}

TEST_CASE("api secrets: what an earlier machined made is made again if it lacks a name") {
  Fixture f;
  f.SetConfig(ConfigOf(NewCa(f.t)));
  f.SetStage(Stage::CONFIGURED);
  const std::string fingerprint = f.Server().Fingerprint();
  const auto roots = f.t.runtime.Read<secrets::OSRootSecret>();
  f.secrets = nullptr;
  f.secrets = std::make_unique<ApiSecrets>(f.t.runtime, *f.t.loop, f.t.clock);
  f.secrets->SetRoot(roots.front().spec());
  HostnameStatus::Spec name;
  name.set_hostname("n7");
  f.secrets->SetHostname(name);
  f.secrets->SetStage(Stage::CONFIGURED);
  f.Turn();
  CHECK(X509_check_host(f.Server().get(), "n7", 0, 0, nullptr) == 1);
  CHECK(f.Server().Fingerprint() == fingerprint);
}

}  // namespace ichor
