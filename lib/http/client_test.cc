// The client against a server on the same loop: real sockets, a clock that stands still.
#include "lib/http/client.h"

#include <format>
#include <memory>
#include <optional>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/http/test_server.h"
#include "lib/pki/certificate.h"
#include "lib/pki/key.h"

namespace ichor::http {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr const char* kNoFile = "/nonexistent";

struct Fixture {
  explicit Fixture(ClientOptions options = {.ca_file = kNoFile})
      : client(*Client::Create(*loop, clock, std::move(options))) {}

  std::unique_ptr<Fetch> Begin(Request request) {
    return client->Get(std::move(request),
                       [this](absl::StatusOr<Response> answer) { result = std::move(answer); });
  }

  // Runs the loop until the fetch ended, or `turns` passed without. libcurl's timers are the
  // loop's, whose time passes a millisecond a turn.
  void Run(int turns = 5000) {
    for (int turn = 0; turn < turns && !result.has_value(); ++turn) {
      loop->poller().Wait(std::chrono::milliseconds(1));
      clock.Advance(std::chrono::milliseconds(1));
      while (loop->RunReady()) {
      }
    }
  }

  absl::StatusOr<Response> Get(Request request) {
    result.reset();
    const std::unique_ptr<Fetch> fetch = Begin(std::move(request));
    Run();
    return result.value_or(absl::UnknownError("still open"));
  }

  base::FakeClock clock;
  std::unique_ptr<Loop> loop = *Loop::Create(clock);
  std::unique_ptr<Client> client;
  std::optional<absl::StatusOr<Response>> result;
};

std::string Url(const TestServer& server, const std::string& path) {
  return std::format("http://127.0.0.1:{}{}", server.port(), path);
}

TEST_CASE("http: a body comes as the server sent it, with the headers that were asked with") {
  Fixture f;
  TestServer server(*f.loop, [](const std::string&) { return Answer200("version: v1alpha1\n"); });
  const auto response =
      f.Get({.url = Url(server, "/config?mac=1"), .headers = {{"Metadata", "true"}}});
  REQUIRE_THAT(response, IsOk());
  CHECK(response->status == 200);
  CHECK(response->body == "version: v1alpha1\n");
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].starts_with("GET /config?mac=1 HTTP/1.1\r\n"));
  CHECK(server.requests()[0].contains("Metadata: true\r\n"));
  CHECK(server.requests()[0].contains("User-Agent: Ichor/"));
  CHECK(!server.requests()[0].contains("Cookie"));
}

TEST_CASE("http: redirects are followed, to where they end or ten times") {
  Fixture f;
  TestServer server(*f.loop, [](const std::string& request) {
    const bool end = request.starts_with("GET /end ");
    return end ? Answer200("here")
               : std::format("HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
                             request.starts_with("GET /circle ") ? "/circle" : "/end");
  });
  const auto response = f.Get({.url = Url(server, "/begin")});
  REQUIRE_THAT(response, IsOk());
  CHECK(response->body == "here");
  CHECK_THAT(
      f.Get({.url = Url(server, "/circle")}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               std::format("GET {}: Maximum (10) redirects followed", Url(server, "/circle"))));
}

TEST_CASE("http: a proxy is asked for its scheme, and not for hosts that need none") {
  Fixture direct;
  TestServer proxy(*direct.loop, [](const std::string&) { return Answer200("through"); });
  const std::string address = std::format("http://127.0.0.1:{}", proxy.port());
  direct.client =
      *Client::Create(*direct.loop, direct.clock,
                      {.ca_file = kNoFile, .http_proxy = address, .no_proxy = "127.0.0.1"});
  const auto response = direct.Get({.url = "http://config.example/a"});
  REQUIRE_THAT(response, IsOk());
  CHECK(response->body == "through");
  REQUIRE(proxy.requests().size() == 1);
  CHECK(proxy.requests()[0].starts_with("GET http://config.example/a HTTP/1.1\r\n"));
  REQUIRE_THAT(direct.Get({.url = Url(proxy, "/b")}), IsOk());
  CHECK(proxy.requests()[1].starts_with("GET /b HTTP/1.1\r\n"));

  direct.client =
      *Client::Create(*direct.loop, direct.clock, {.ca_file = kNoFile, .https_proxy = address});
  CHECK_FALSE(direct.Get({.url = "https://config.example/a"}).ok());
  CHECK(proxy.requests()[2].starts_with("CONNECT config.example:443 HTTP/1.1\r\n"));
}

TEST_CASE("http: an answer that is an error names the URL without its secrets") {
  Fixture f;
  TestServer server(*f.loop, [](const std::string&) {
    return "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone";
  });
  CHECK_THAT(f.Get({.url = Url(server, "/c?token=secret")}),
             StatusIs(absl::StatusCode::kNotFound,
                      std::format("GET {}?…: 404 Not Found", Url(server, "/c"))));
}

TEST_CASE("http: a body that is too large is refused, whether its size was announced or not") {
  Fixture f;
  TestServer server(*f.loop, [](const std::string& request) {
    const std::string body(1001, 'x');
    return request.starts_with("GET /announced ") ? Answer200(body)
                                                  : "HTTP/1.0 200 OK\r\n\r\n" + body;
  });
  for (const char* const path : {"/announced", "/streamed"}) {
    CHECK_THAT(
        f.Get({.url = Url(server, path), .max_bytes = 1000}),
        StatusIs(absl::StatusCode::kResourceExhausted,
                 std::format("GET {}: the answer is larger than 1000 bytes", Url(server, path))));
  }
  CHECK_THAT(f.Get({.url = Url(server, "/announced"), .max_bytes = 1001}), IsOk());
}

TEST_CASE("http: a server that says nothing is left after the timeout") {
  Fixture f;
  TestServer server(*f.loop, [](const std::string&) { return std::nullopt; });
  CHECK_THAT(f.Get({.url = Url(server, "/slow"), .timeout = std::chrono::seconds(1)}),
             StatusIs(absl::StatusCode::kDeadlineExceeded,
                      std::format("GET {}: not finished within 1 s", Url(server, "/slow"))));
}

TEST_CASE("http: a server that hangs up is no answer") {
  Fixture f;
  TestServer server(*f.loop, [](const std::string& request) -> std::string {
    return request.starts_with("GET /half ") ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
                                             : "";
  });
  CHECK_THAT(f.Get({.url = Url(server, "/none")}),
             StatusIs(absl::StatusCode::kUnavailable,
                      std::format("GET {}: Empty reply from server", Url(server, "/none"))));
  CHECK_THAT(
      f.Get({.url = Url(server, "/half")}),
      StatusIs(absl::StatusCode::kUnavailable,
               std::format("GET {}: end of response with 6 bytes missing", Url(server, "/half"))));
}

TEST_CASE("http: where nobody listens, and what is no URL, fails with a reason") {
  Fixture f;
  std::uint16_t port = 0;
  {
    const TestServer gone(*f.loop, [](const std::string&) { return std::nullopt; });
    port = gone.port();
  }
  const auto refused = f.Get({.url = std::format("http://127.0.0.1:{}/", port)});
  CHECK(absl::IsUnavailable(refused.status()));
  CHECK(refused.status().message().starts_with(
      std::format("GET http://127.0.0.1:{0}/: Failed to connect to 127.0.0.1 port {0}", port)));
  CHECK(absl::IsInvalidArgument(f.Get({.url = "tftp://127.0.0.1/x"}).status()));
  CHECK(absl::IsInvalidArgument(f.Get({.url = "http://"}).status()));
}

TEST_CASE("http: a fetch that is destroyed calls nobody") {
  Fixture f;
  TestServer server(*f.loop, [](const std::string&) { return Answer200("late"); });
  f.Begin({.url = Url(server, "/")}).reset();
  f.Run(50);
  CHECK(!f.result.has_value());
  // Not even between its end and the turn that tells of it.
  std::unique_ptr<Fetch> fetch = f.Begin({.url = "http://"});
  fetch.reset();
  f.Run(50);
  CHECK(!f.result.has_value());
}

struct Ca {
  pki::Key key = *pki::Key::GenerateEd25519();
  pki::Certificate certificate = *pki::SelfSign({.common_name = "test CA",
                                                 .ca = true,
                                                 .for_servers = true,
                                                 .not_before = base::RealClock().Now(),
                                                 .lifetime = std::chrono::hours(1)},
                                                key);

  TestServer::Certificate Issue(const pki::Statement& wish) const {
    pki::Statement statement = wish;
    statement.for_servers = true;
    statement.not_before = base::RealClock().Now();
    statement.lifetime = std::chrono::hours(1);
    const pki::Key leaf = *pki::Key::GenerateEd25519();
    return {pki::Sign(statement, leaf, certificate, key)->ToPem(), leaf.ToPem()};
  }
};

TEST_CASE("http: TLS trusts the roots of the node and those it was given, for their own names") {
  const Ca ca;
  const Ca stranger;
  const std::string loopback("\x7f\0\0\1", 4);
  Fixture f({.ca_file = kNoFile, .extra_cas_pem = ca.certificate.ToPem()});
  const auto answer = [](const std::string&) { return Answer200("safe"); };
  const auto url = [](const TestServer& server) {
    return std::format("https://127.0.0.1:{}/", server.port());
  };
  TestServer good(*f.loop, answer, ca.Issue({.common_name = "host", .ips = {loopback}}));
  const auto response = f.Get({.url = url(good)});
  REQUIRE_THAT(response, IsOk());
  CHECK(response->body == "safe");

  TestServer other(*f.loop, answer, stranger.Issue({.common_name = "host", .ips = {loopback}}));
  CHECK_THAT(f.Get({.url = url(other)}),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      std::format("GET {}: SSL certificate problem: unable to get local issuer "
                                  "certificate",
                                  url(other))));
  TestServer misnamed(*f.loop, answer, ca.Issue({.common_name = "host", .dns_names = {"host"}}));
  CHECK_THAT(f.Get({.url = url(misnamed)}),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      std::format("GET {}: SSL: no alternative certificate subject name matches "
                                  "target ipv4 address '127.0.0.1'",
                                  url(misnamed))));
}

}  // namespace
}  // namespace ichor::http
