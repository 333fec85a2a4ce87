// Questions from a worker to a server on the test's loop: real sockets.
#include "lib/http/exchange.h"

#include <format>
#include <memory>
#include <optional>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/clock.h"
#include "lib/base/status_matchers.h"
#include "lib/http/test_server.h"
#include "lib/pki/identity.h"
#include "lib/runtime/worker_pool.h"

namespace ichor::http {
namespace {

struct Fixture {
  // Answers what the question ended with, while the loop serves it.
  absl::StatusOr<Answer> Ask(Exchange& exchange, const Question& question) {
    std::optional<absl::StatusOr<Answer>> result;
    worker.Run("ask", [&] {
      loop->Post([&result, answer = exchange.Ask(question)] { result = answer; });
    });
    while (!result.has_value()) {
      loop->poller().Wait(std::chrono::milliseconds(10));
      while (loop->RunReady()) {
      }
    }
    return *std::move(result);
  }

  TestServer::Certificate Issue() const {
    pki::Statement statement{
        .common_name = "server", .dns_names = {"n1.test"}, .ips = {std::string("\x7f\0\0\1", 4)}};
    statement.for_servers = true;
    statement.not_before = now;
    statement.lifetime = std::chrono::hours(1);
    const pki::Key key = *pki::Key::GenerateEd25519();
    return {.certificate_pem = pki::Sign(statement, key, ca.certificate, ca.key)->ToPem(),
            .key_pem = key.ToPem(),
            .client_ca_pem = ca.certificate.ToPem()};
  }

  Peer AsClient() const {
    const pki::Identity client = *pki::NewClient(ca, {"os:admin"}, now);
    return {.ca_pem = ca.certificate.ToPem(),
            .certificate_pem = client.certificate.ToPem(),
            .key_pem = client.key.ToPem()};
  }

  base::RealClock clock;
  base::WallTime now = clock.Now() - std::chrono::seconds(10);
  pki::Identity ca = *pki::NewAuthority(pki::KubernetesAuthority(), now);
  std::unique_ptr<Loop> loop = *Loop::Create(clock);
  WorkerPool worker{1};
};

std::string Url(const TestServer& server) {
  return std::format("https://127.0.0.1:{}/x?y=z", server.port());
}

TEST_CASE("exchange: method, headers and body go out under the client's certificate") {
  Fixture f;
  TestServer server(
      *f.loop,
      [](const std::string&) { return "HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\n\r\nbusy"; },
      f.Issue());
  const auto exchange = Exchange::Create(f.AsClient());
  const auto answer = f.Ask(*exchange, {.method = "PATCH",
                                        .url = Url(server),
                                        .headers = {{"Content-Type", "text/plain"}},
                                        .body = "please"});
  REQUIRE_THAT(answer, base::IsOk());
  CHECK(answer->status == 409);
  CHECK(answer->body == "busy");
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].starts_with("PATCH /x?y=z HTTP/1.1\r\n"));
  CHECK(server.requests()[0].contains("Content-Type: text/plain\r\n"));
  CHECK(server.requests()[0].ends_with("\r\n\r\nplease"));
  // The next question has nothing of this one.
  CHECK_THAT(f.Ask(*exchange, {.url = Url(server)}), base::IsOk());
  CHECK(server.requests()[1].starts_with("GET /x?y=z HTTP/1.1\r\n"));
  CHECK_FALSE(server.requests()[1].contains("Content-Type"));
}

TEST_CASE("exchange: without a certificate of the server's CA there is no answer") {
  Fixture f;
  TestServer server(*f.loop, [](const std::string&) { return Answer200(""); }, f.Issue());
  Peer nobody = f.AsClient();
  nobody.certificate_pem.clear();
  CHECK(absl::IsUnavailable(f.Ask(*Exchange::Create(nobody), {.url = Url(server)}).status()));
  Peer wrong = f.AsClient();
  wrong.ca_pem = pki::NewAuthority(pki::KubernetesAuthority(), f.now)->certificate.ToPem();
  CHECK(absl::IsFailedPrecondition(f.Ask(*Exchange::Create(wrong), {.url = Url(server)}).status()));
  CHECK(server.requests().empty());
}

TEST_CASE("exchange: a server that is somewhere else than its name says is told by that name") {
  Fixture f;
  TestServer server(*f.loop, [](const std::string&) { return Answer200("yes"); }, f.Issue());
  Peer peer = f.AsClient();
  peer.at = std::format("127.0.0.1:{}", server.port());
  CHECK_THAT(f.Ask(*Exchange::Create(peer), {.url = "https://n1.test:10250/pods"}), base::IsOk());
  CHECK(absl::IsFailedPrecondition(
      f.Ask(*Exchange::Create(peer), {.url = "https://n2.test:10250/pods"}).status()));
}

TEST_CASE("exchange: answers have a size, and a time") {
  Fixture f;
  TestServer server(
      *f.loop,
      [](const std::string& request) -> std::optional<std::string> {
        return request.starts_with("GET /never") ? std::nullopt
                                                 : std::optional(Answer200("12345678"));
      },
      f.Issue());
  const auto exchange = Exchange::Create(f.AsClient());
  CHECK(absl::IsResourceExhausted(f.Ask(*exchange, {.url = Url(server), .max_bytes = 7}).status()));
  CHECK(absl::IsDeadlineExceeded(
      f.Ask(*exchange, {.url = std::format("https://127.0.0.1:{}/never", server.port()),
                        .timeout = std::chrono::milliseconds(100)})
          .status()));
}

}  // namespace
}  // namespace ichor::http
