// Handshakes that fail: what either side can say about it afterwards.
#include "lib/rpc/tls_problem.h"

#include <format>
#include <memory>
#include <optional>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"
#include "lib/pki/certificate.h"
#include "lib/rpc/client.h"
#include "lib/rpc/server.h"

namespace ichor::rpc {
namespace {

using Kind = TlsProblem::Kind;

constexpr std::chrono::hours kYear{8760};
const std::string kLoopback("\x7f\x00\x00\x01", 4);

struct Issued {
  std::string certificate_pem;
  std::string key_pem;
};

struct Ca {
  pki::Key key = *pki::Key::GenerateEd25519();
  pki::Certificate certificate = *pki::SelfSign({.ca = true,
                                                 .for_servers = true,
                                                 .for_clients = true,
                                                 .not_before = base::RealClock().Now() - kYear,
                                                 .lifetime = 2 * kYear},
                                                key);

  // Valid from `age` ago, for an hour more than that.
  Issued Issue(pki::Statement statement, std::chrono::hours age,
               std::chrono::hours lifetime = kYear) const {
    statement.not_before = base::RealClock().Now() - age;
    statement.lifetime = lifetime;
    const pki::Key leaf = *pki::Key::GenerateEd25519();
    return {pki::Sign(statement, leaf, certificate, key)->ToPem(), leaf.ToPem()};
  }
};

pki::Statement ServerStatement() {
  return {.common_name = "node-1", .ips = {kLoopback}, .for_servers = true};
}

struct Setup {
  std::chrono::hours server_age{1};
  std::chrono::hours server_lifetime = kYear;
  std::string client_cas_pem{};
  TlsClientOptions client{};
};

// What the client knows once a call has failed.
std::optional<TlsProblem> ProblemOf(const Ca& ca, const Setup& setup) {
  const base::FakeClock clock;
  const std::unique_ptr<Loop> loop = *Loop::Create(clock);
  const Issued server = ca.Issue(ServerStatement(), setup.server_age, setup.server_lifetime);
  const std::unique_ptr<Server> listening = *Server::CreateTls(
      *loop, clock,
      {.address = "127.0.0.1:0",
       .context = *NewTlsServerContext({.certificate_pem = server.certificate_pem,
                                        .key_pem = server.key_pem,
                                        .client_cas_pem = setup.client_cas_pem})});
  TlsClientOptions options = setup.client;
  options.server_name = options.server_name.empty() ? "127.0.0.1" : options.server_name;
  const std::unique_ptr<Client> client = *Client::ConnectTls(
      *loop, std::format("127.0.0.1:{}", *listening->Port()), *NewTlsClientContext(options));
  absl::Status status;
  client->Unary("/test.Service/None", std::string(100'000, 'x'),
                [&](const absl::StatusOr<std::string>& reply) {
                  status = reply.status();
                  loop->Stop();
                });
  loop->Run();
  CHECK(status.code() == absl::StatusCode::kUnavailable);
  return client->problem() == nullptr ? std::nullopt : std::optional(*client->problem());
}

}  // namespace

TEST_CASE("tls problem: a client tells another CA, other names and wrong times apart") {
  const Ca ca;
  const Ca other;
  const auto untrusted = ProblemOf(ca, {.client = {.cas_pem = other.certificate.ToPem()}});
  REQUIRE(untrusted);
  CHECK(untrusted->kind == Kind::kUntrusted);
  CHECK(untrusted->common_name == "node-1");
  const auto named =
      ProblemOf(ca, {.client = {.server_name = "10.0.0.1", .cas_pem = ca.certificate.ToPem()}});
  REQUIRE(named);
  CHECK(named->kind == Kind::kOtherName);
  const auto expired = ProblemOf(ca, {.server_age = std::chrono::hours(48),
                                      .server_lifetime = std::chrono::hours(24),
                                      .client = {.cas_pem = ca.certificate.ToPem()}});
  REQUIRE(expired);
  CHECK(expired->kind == Kind::kExpired);
  CHECK(expired->not_after - expired->not_before == std::chrono::hours(24));
  const auto early = ProblemOf(
      ca, {.server_age = std::chrono::hours(-24), .client = {.cas_pem = ca.certificate.ToPem()}});
  REQUIRE(early);
  CHECK(early->kind == Kind::kNotYetValid);
}

TEST_CASE("tls problem: a client hears what the server has against its certificate") {
  const Ca ca;
  const Ca other;
  const pki::Statement admin{.organizations = {"os:admin"}, .for_clients = true};
  const auto shown = [&](const Issued& issued) {
    return ProblemOf(ca, {.client_cas_pem = ca.certificate.ToPem(),
                          .client = {.cas_pem = ca.certificate.ToPem(),
                                     .certificate_pem = issued.certificate_pem,
                                     .key_pem = issued.key_pem}});
  };
  const auto missing = shown({});
  REQUIRE(missing);
  CHECK(missing->kind == Kind::kOursMissing);
  const auto untrusted = shown(other.Issue(admin, std::chrono::hours(1)));
  REQUIRE(untrusted);
  CHECK(untrusted->kind == Kind::kOursUntrusted);
  const auto expired = shown(ca.Issue(admin, std::chrono::hours(48), std::chrono::hours(24)));
  REQUIRE(expired);
  CHECK(expired->kind == Kind::kOursExpired);
}

TEST_CASE("tls problem: a key with another fingerprint is named") {
  const Ca ca;
  const auto problem =
      ProblemOf(ca, {.client = {.trust = TlsTrust::kFingerprint, .fingerprints = {"x"}}});
  REQUIRE(problem);
  CHECK(problem->kind == Kind::kOtherFingerprint);
  CHECK(problem->fingerprint.size() == 44);
}

}  // namespace ichor::rpc
