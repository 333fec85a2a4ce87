// Server and client with TLS on one loop, without threads.
#include "lib/rpc/tls.h"

#include <openssl/ssl.h>

#include <format>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/certificate.h"
#include "lib/rpc/client.h"
#include "lib/rpc/server.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor::rpc {
namespace {

using base::IsOk;
using base::StatusIs;

// OpenSSL looks at the real clock.
constexpr std::chrono::hours kTenYears{87'600};

struct Identity {
  std::string certificate_pem;
  std::string key_pem;
  std::string fingerprint;
};

struct Ca {
  pki::Key key = *pki::Key::GenerateEd25519();
  pki::Certificate certificate = *pki::SelfSign({.ca = true,
                                                 .for_servers = true,
                                                 .for_clients = true,
                                                 .not_before = base::RealClock().Now(),
                                                 .lifetime = kTenYears},
                                                key);

  Identity Issue(const pki::Statement& wish) const {
    pki::Statement statement = wish;
    statement.not_before = base::RealClock().Now();
    statement.lifetime = kTenYears;
    const pki::Key leaf_key = *pki::Key::GenerateEd25519();
    const pki::Certificate leaf = *pki::Sign(statement, leaf_key, certificate, key);
    return {leaf.ToPem(), leaf_key.ToPem(), leaf.Fingerprint()};
  }
};

struct Fixture {
  explicit Fixture(bool ask_clients = false) {
    server = *Server::CreateTls(*loop, clock,
                                {.address = "127.0.0.1:0",
                                 .context = *NewTlsServerContext(
                                     {.certificate_pem = identity.certificate_pem,
                                      .key_pem = identity.key_pem,
                                      .client_cas_pem = ask_clients ? ca.certificate.ToPem() : ""}),
                                 .max_connections = 4,
                                 .max_handshakes = 2});
    address = std::format("127.0.0.1:{}", *server->Port());
    server->Handle("/test.Service/Echo", [](Stream& stream) {
      return UnaryCall(stream, [](std::string_view request) { return std::string(request); });
    });
    server->Handle("/test.Service/Who", [](Stream& stream) {
      std::string text = stream.peer().verified ? "verified" : "stranger";
      for (const std::string& organization : stream.peer().organizations) {
        text += " " + organization;
      }
      return UnaryCall(stream, [text](std::string_view) { return text; });
    });
  }

  void Turn() {
    for (int quiet = 0; quiet < 3; ++quiet) {
      loop->poller().Wait(std::chrono::nanoseconds(0));
      while (loop->RunReady()) {
        loop->poller().Wait(std::chrono::nanoseconds(0));
        quiet = 0;
      }
    }
  }

  std::unique_ptr<Client> Connect(TlsClientOptions options) {
    options.server_name = options.server_name.empty() ? "127.0.0.1" : options.server_name;
    return *Client::ConnectTls(*loop, address, *NewTlsClientContext(options));
  }

  absl::StatusOr<std::string> Ask(Client& client, const std::string& method,
                                  const std::string& request) {
    std::optional<absl::StatusOr<std::string>> answer;
    client.Unary(method, request,
                 [&](absl::StatusOr<std::string> reply) { answer = std::move(reply); });
    for (int turn = 0; turn < 20'000 && !answer.has_value(); ++turn) {
      Turn();
    }
    return answer.value_or(absl::UnknownError("still open"));
  }

  // Whether the server has closed its end of `stranger`, as seen there.
  bool IsCut(int stranger) {
    for (int turn = 0; turn < 1000; ++turn) {
      Turn();
      char buffer[1024];
      const absl::StatusOr<size_t> size = sys::ReadSome(stranger, buffer, sizeof(buffer));
      if (size.ok() ? *size == 0 : size.status().code() != absl::StatusCode::kUnavailable) {
        return true;
      }
    }
    return false;
  }

  Ca ca;
  Identity identity = ca.Issue({.common_name = "node",
                                .dns_names = {"node.example"},
                                .ips = {std::string("\x7f\x00\x00\x01", 4)},
                                .for_servers = true});
  base::FakeClock clock;
  std::unique_ptr<Loop> loop = *Loop::Create(clock);
  std::unique_ptr<Server> server;
  std::string address;
};

}  // namespace

TEST_CASE("tls: a request comes back through TLS, whatever its size") {
  Fixture f;
  const std::unique_ptr<Client> client =
      f.Connect({.trust = TlsTrust::kCa, .cas_pem = f.ca.certificate.ToPem()});
  const std::string request(GENERATE(size_t{0}, size_t{5}, size_t{20'000'000}), 'q');
  const absl::StatusOr<std::string> reply = f.Ask(*client, "/test.Service/Echo", request);
  REQUIRE_THAT(reply, IsOk());
  CHECK(*reply == request);
}

TEST_CASE("tls: a client that trusts nobody, a fingerprint or a name is served") {
  Fixture f;
  const std::unique_ptr<Client> blind = f.Connect({.trust = TlsTrust::kAnybody});
  CHECK(f.Ask(*blind, "/test.Service/Who", "").value_or("") == "stranger");
  const std::unique_ptr<Client> pinned =
      f.Connect({.trust = TlsTrust::kFingerprint, .fingerprints = {f.identity.fingerprint}});
  CHECK_THAT(f.Ask(*pinned, "/test.Service/Who", ""), IsOk());
  const std::unique_ptr<Client> named =
      f.Connect({.server_name = "node.example", .cas_pem = f.ca.certificate.ToPem()});
  CHECK_THAT(f.Ask(*named, "/test.Service/Who", ""), IsOk());
}

TEST_CASE("tls: a client turns away from another CA, name or fingerprint") {
  Fixture f;
  const Ca other;
  const std::unique_ptr<Client> wrong_ca = f.Connect({.cas_pem = other.certificate.ToPem()});
  CHECK_THAT(
      f.Ask(*wrong_ca, "/test.Service/Echo", "x"),
      StatusIs(absl::StatusCode::kUnavailable, "TLS with 127.0.0.1: certificate verify failed"));
  const std::unique_ptr<Client> wrong_name =
      f.Connect({.server_name = "10.0.0.1", .cas_pem = f.ca.certificate.ToPem()});
  CHECK_THAT(
      f.Ask(*wrong_name, "/test.Service/Echo", "x"),
      StatusIs(absl::StatusCode::kUnavailable, "TLS with 10.0.0.1: certificate verify failed"));
  const std::unique_ptr<Client> wrong_key =
      f.Connect({.trust = TlsTrust::kFingerprint, .fingerprints = {"x"}});
  CHECK_THAT(f.Ask(*wrong_key, "/test.Service/Echo", "x"),
             StatusIs(absl::StatusCode::kUnavailable,
                      "TLS with 127.0.0.1: the certificate has another fingerprint"));
}

TEST_CASE("tls: a server that asks for certificates learns the client's roles") {
  Fixture f(true);
  const Identity admin =
      f.ca.Issue({.organizations = {"os:admin", "os:reader"}, .for_clients = true});
  const std::unique_ptr<Client> client = f.Connect({.trust = TlsTrust::kAnybody,
                                                    .certificate_pem = admin.certificate_pem,
                                                    .key_pem = admin.key_pem});
  CHECK(f.Ask(*client, "/test.Service/Who", "").value_or("") == "verified os:admin os:reader");
}

TEST_CASE("tls: a server that asks for certificates turns others away") {
  Fixture f(true);
  const Ca other;
  const pki::Statement admin{.organizations = {"os:admin"}, .for_clients = true};
  const pki::Statement both{
      .organizations = {"os:admin"}, .for_servers = true, .for_clients = true};
  const int which = GENERATE(0, 1, 2);
  const Identity shown = which == 0   ? Identity()
                         : which == 1 ? other.Issue(admin)
                                      : f.ca.Issue(both);
  const std::unique_ptr<Client> client = f.Connect({.trust = TlsTrust::kAnybody,
                                                    .certificate_pem = shown.certificate_pem,
                                                    .key_pem = shown.key_pem});
  CHECK(f.Ask(*client, "/test.Service/Who", "").status().code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("tls: a new certificate is shown to new connections, the old ones go on") {
  Fixture f;
  const std::unique_ptr<Client> before =
      f.Connect({.trust = TlsTrust::kFingerprint, .fingerprints = {f.identity.fingerprint}});
  REQUIRE_THAT(f.Ask(*before, "/test.Service/Echo", "x"), IsOk());
  const Identity renewed = f.ca.Issue({.common_name = "node", .for_servers = true});
  f.server->SetContext(*NewTlsServerContext(
      {.certificate_pem = renewed.certificate_pem, .key_pem = renewed.key_pem}));
  const std::unique_ptr<Client> after =
      f.Connect({.trust = TlsTrust::kFingerprint, .fingerprints = {renewed.fingerprint}});
  CHECK_THAT(f.Ask(*after, "/test.Service/Echo", "x"), IsOk());
  CHECK_THAT(f.Ask(*before, "/test.Service/Echo", "x"), IsOk());
}

TEST_CASE("tls: whoever speaks no TLS is cut off, others are served") {
  Fixture f;
  const std::string junk = GENERATE(as<std::string>(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", std::string(100'000, '\0'),
                                    std::string("\x16\x03\x01\xff\xff", 5) + std::string(500, 'x'));
  const base::UniqueFd stranger = *sys::StartConnectTcp(f.address);
  f.Turn();
  CHECK(*sys::WriteSome(stranger.get(), junk.data(), junk.size()) > 0);
  CHECK(f.IsCut(stranger.get()));
  const std::unique_ptr<Client> client = f.Connect({.trust = TlsTrust::kAnybody});
  CHECK_THAT(f.Ask(*client, "/test.Service/Echo", "x"), IsOk());
}

TEST_CASE("tls: an older TLS, or another protocol on top, is turned away") {
  Fixture f;
  const auto [version, protocol] = GENERATE(table<int, std::string>(
      {{TLS1_1_VERSION, "\x02h2"}, {TLS1_3_VERSION, "\x08http/1.1"}, {TLS1_3_VERSION, ""}}));
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                             SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(),
                                version == TLS1_1_VERSION ? version : TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), version);
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
  SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char*>(protocol.data()),
                      static_cast<unsigned>(protocol.size()));
  const base::UniqueFd fd = *sys::StartConnectTcp(f.address);
  f.Turn();
  SSL_set_fd(ssl.get(), fd.get());
  for (int turn = 0; turn < 20 && SSL_connect(ssl.get()) != 1; ++turn) {
    f.Turn();
  }
  CHECK(f.IsCut(fd.get()));
  CHECK(f.server->connections() == 0);
}

TEST_CASE("tls: handshakes that never end give way to new ones, and are dropped in time") {
  Fixture f;
  std::vector<base::UniqueFd> strangers;
  for (int i = 0; i < 50; ++i) {
    strangers.push_back(*sys::StartConnectTcp(f.address));
    f.Turn();
  }
  CHECK(f.server->connections() == 2);
  const std::unique_ptr<Client> client = f.Connect({.trust = TlsTrust::kAnybody});
  CHECK_THAT(f.Ask(*client, "/test.Service/Echo", "x"), IsOk());
  f.clock.Advance(std::chrono::seconds(11));
  f.Turn();
  CHECK(f.server->connections() == 1);
  CHECK_THAT(f.Ask(*client, "/test.Service/Echo", "x"), IsOk());
}

TEST_CASE("tls: idle connections give way to new ones") {
  Fixture f;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(f.Connect({.trust = TlsTrust::kAnybody}));
    CHECK_THAT(f.Ask(*clients.back(), "/test.Service/Echo", "x"), IsOk());
  }
  CHECK(f.server->connections() == 4);
}

TEST_CASE("tls: calls to where nobody listens end with the reason") {
  Fixture f;
  const std::unique_ptr<Client> client = f.Connect({.trust = TlsTrust::kAnybody});
  f.server.reset();
  const std::unique_ptr<Client> late = f.Connect({.trust = TlsTrust::kAnybody});
  const absl::StatusOr<std::string> reply = f.Ask(*late, "/test.Service/Echo", "x");
  CHECK(reply.status().code() == absl::StatusCode::kUnavailable);
  CHECK(reply.status().message().find("Connection refused") != std::string::npos);
}

TEST_CASE("tls: text that is no certificate, or another's key, is refused") {
  const Fixture f;
  const Identity other = f.ca.Issue({.common_name = "other", .for_servers = true});
  CHECK(NewTlsServerContext({.certificate_pem = "x", .key_pem = f.identity.key_pem})
            .status()
            .code() == absl::StatusCode::kInvalidArgument);
  CHECK(
      NewTlsServerContext({.certificate_pem = f.identity.certificate_pem, .key_pem = other.key_pem})
          .status()
          .code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace ichor::rpc
