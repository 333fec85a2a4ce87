// A client, apid and a machined of our own on one loop.
#include "apid/gateway.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "apid/test_lines.h"
#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/certificate.h"
#include "lib/rpc/client.h"
#include "lib/rpc/role_table.h"
#include "lib/rpc/server.h"
#include "lib/runtime/loop_executor.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::apid {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr std::string_view kVersion = "/machine.MachineService/Version";
constexpr std::string_view kDmesg = "/machine.MachineService/Dmesg";

// Answers a request with its own metadata, or with as many messages as it says.
class FakeMachined {
 public:
  FakeMachined(Loop& loop, const std::string& path)
      : server_(*rpc::Server::Create(loop, {.path = path})) {
    server_->Handle(std::string(kVersion), [](rpc::Stream& stream) {
      std::string text;
      for (const auto& [name, value] : stream.headers()) {
        text += std::format("{}={};", name, value);
      }
      stream.SetHeaders({{"from", "machined"}});
      return rpc::UnaryCall(stream,
                            [text](std::string_view request) -> absl::StatusOr<std::string> {
                              if (request == "bad") {
                                return absl::FailedPreconditionError("100 % bad");
                              }
                              return request.empty() ? text : std::string(request);
                            });
    });
    server_->Handle(std::string(kDmesg), [this](rpc::Stream& stream) {
      return std::make_unique<Lines>(stream, counts, std::string(1000, 'x'));
    });
  }

  LineCounts counts;

 private:
  std::unique_ptr<rpc::Server> server_;
};

secrets::ApiCertificate::Spec Secrets() {
  const pki::Key key = *pki::Key::GenerateEd25519();
  const pki::Certificate certificate = *pki::SelfSign(
      {.common_name = "n", .for_servers = true, .lifetime = std::chrono::hours(24)}, key);
  secrets::ApiCertificate::Spec spec;
  spec.mutable_server()->set_crt(certificate.ToPem());
  spec.mutable_server()->set_key(key.ToPem());
  spec.add_accepted_cas()->set_crt(certificate.ToPem());
  return spec;
}

struct Fixture {
  Fixture() {
    network::NodeAddress::Spec addresses;
    addresses.add_addresses()->set_ip(std::string("\x0a\x00\x00\x01", 4));
    runtime.Publish<network::NodeAddress>("test", {{"current", addresses}});
    config.set_listen_address("127.0.0.1:0");
    config.set_readonly_role_mode(true);
    config.set_skip_verifying_client_cert(true);
    runtime.Publish<runtime::APIServiceConfig>("test", {{"apid", config}});
    runtime.Publish<secrets::ApiCertificate>("test", {{"api", Secrets()}});
    StartMachined();
    Turn();
    Connect();
  }
  ~Fixture() { unlink(path.c_str()); }

  void StartMachined() { machined = std::make_unique<FakeMachined>(*loop, path); }
  void Connect() {
    const absl::StatusOr<std::uint16_t> port = gateway.Port();
    REQUIRE_THAT(port, IsOk());
    client = *rpc::Client::ConnectTls(
        *loop, std::format("127.0.0.1:{}", *port),
        *rpc::NewTlsClientContext({.trust = rpc::TlsTrust::kAnybody, .server_name = "127.0.0.1"}));
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

  absl::StatusOr<std::string> Ask(std::string_view method, const std::string& request) {
    std::optional<absl::StatusOr<std::string>> answer;
    client->Unary(std::string(method), request,
                  [&](absl::StatusOr<std::string> reply) { answer = std::move(reply); });
    for (int turn = 0; turn < 20'000 && !answer.has_value(); ++turn) {
      Turn();
    }
    return answer.value_or(absl::UnknownError("still open"));
  }

  std::string path = std::format("/tmp/gateway_test.{}", getpid());
  base::FakeClock clock;
  std::unique_ptr<Loop> loop = *Loop::Create(clock);
  LoopExecutor executor{*loop};
  Store store{clock};
  Runtime runtime{*loop, executor, store, clock};
  runtime::APIServiceConfig::Spec config;
  std::unique_ptr<FakeMachined> machined;
  Gateway gateway{*loop, runtime, clock, path};
  std::unique_ptr<rpc::Client> client;
};

}  // namespace

TEST_CASE("gateway: a call reaches machined as a reader's, whatever the caller claims") {
  Fixture f;
  f.client->SetMetadata({{"talos-role", "os:admin"}, {"runtime", "Talos"}, {"node", "10.0.0.1"}});
  const std::string headers = f.Ask(kVersion, "").value_or("");
  CHECK(headers.starts_with("runtime=Talos;talos-role=os:reader;ichor-peer=127.0.0.1:"));
}

TEST_CASE("gateway: large messages and errors pass unchanged") {
  Fixture f;
  const std::string large(20 << 20, 'q');
  const absl::StatusOr<std::string> reply = f.Ask(kVersion, large);
  REQUIRE_THAT(reply, IsOk());
  CHECK(*reply == large);
  CHECK_THAT(f.Ask(kVersion, "bad"), StatusIs(absl::StatusCode::kFailedPrecondition, "100 % bad"));
  CHECK(f.Ask(kVersion, std::string(64 << 20, 'q')).status().code() ==
        absl::StatusCode::kResourceExhausted);
  CHECK_THAT(f.Ask("/machine.MachineService/Hostname", "x"),
             StatusIs(absl::StatusCode::kUnimplemented,
                      "unknown method /machine.MachineService/Hostname"));
}

TEST_CASE("gateway: what a reader may not do is refused, and so are other nodes") {
  Fixture f;
  const std::string method = GENERATE(
      as<std::string>(), "/machine.MachineService/Reboot", "/machine.MachineService/Reset",
      "/machine.MachineService/MetaWrite", "/machine.MachineService/Shutdown", "/no.Such/Method");
  CHECK_THAT(f.Ask(method, ""), StatusIs(absl::StatusCode::kPermissionDenied, "not authorized"));
  f.client->SetMetadata({{"node", "10.0.0.2"}});
  CHECK_THAT(f.Ask(kVersion, ""),
             StatusIs(absl::StatusCode::kPermissionDenied, "no request forwarding"));
}

TEST_CASE("gateway: loopback is this node, as its addresses are") {
  Fixture f;
  const std::string node = GENERATE(as<std::string>(), "10.0.0.1", "127.0.0.1", "::1", "localhost");
  f.client->SetMetadata({{"node", node}});
  CHECK_THAT(f.Ask(kVersion, ""), IsOk());
}

TEST_CASE("gateway: a stream passes whole, and a client that leaves ends it in machined") {
  Fixture f;
  size_t bytes = 0;
  std::optional<absl::Status> end;
  f.client->ServerStream(
      std::string(kDmesg), "5000", [&](const std::string& line) { bytes += line.size(); },
      [&](const absl::Status& status) { end = status; });
  for (int turn = 0; turn < 20'000 && !end.has_value(); ++turn) {
    f.Turn();
  }
  CHECK_THAT(end.value_or(absl::UnknownError("still open")), IsOk());
  CHECK(bytes == 5'000'000);

  f.client->ServerStream(
      std::string(kDmesg), "-1", [](const std::string&) {}, [](const absl::Status&) {});
  f.Turn();
  CHECK(f.machined->counts.open_calls == 1);
  f.client = nullptr;
  f.Turn();
  CHECK(f.machined->counts.open_calls == 0);
}

TEST_CASE("gateway: a client that does not read holds machined up, not memory") {
  Fixture f;
  struct Unwilling : rpc::Call {
    explicit Unwilling(rpc::Stream& stream) { stream.HoldReading(); }
    void OnMessage(std::string /*message*/) override {}
    void OnEnd(const absl::Status& /*status*/) override {}
  };
  f.client->Open(std::string(kDmesg), {}, [](rpc::Stream& stream) {
    stream.Send("1000000000");
    stream.CloseSending();
    return std::make_unique<Unwilling>(stream);
  });
  for (int turn = 0; turn < 100; ++turn) {
    f.Turn();
  }
  CHECK(f.machined->counts.open_calls == 1);
  CHECK(f.machined->counts.sent_bytes < 4'000'000);
  CHECK_THAT(f.Ask(kVersion, "x"), IsOk());
}

TEST_CASE("gateway: while machined is away calls are Unavailable, and then served again") {
  Fixture f;
  REQUIRE_THAT(f.Ask(kVersion, "x"), IsOk());
  f.machined = nullptr;
  f.Turn();
  CHECK(f.Ask(kVersion, "x").status().code() == absl::StatusCode::kUnavailable);
  f.StartMachined();
  CHECK_THAT(f.Ask(kVersion, "x"), IsOk());
}

TEST_CASE("gateway: a new certificate keeps connections, another configuration breaks them") {
  Fixture f;
  REQUIRE_THAT(f.Ask(kVersion, "x"), IsOk());
  f.clock.Advance(std::chrono::seconds(1));
  f.runtime.Publish<secrets::ApiCertificate>("test", {{"api", Secrets()}});
  f.Turn();
  CHECK_THAT(f.Ask(kVersion, "x"), IsOk());
  f.config.set_skip_verifying_client_cert(false);
  f.clock.Advance(std::chrono::seconds(1));
  f.runtime.Publish<runtime::APIServiceConfig>("test", {{"apid", f.config}});
  f.Turn();
  CHECK(f.Ask(kVersion, "x").status().code() == absl::StatusCode::kUnavailable);
  f.Connect();
  CHECK(f.Ask(kVersion, "x").status().code() == absl::StatusCode::kUnavailable);  // no certificate
}

TEST_CASE("gateway: each role of a certificate opens its methods, and no others") {
  Fixture f;
  const pki::Key ca_key = *pki::Key::GenerateEd25519();
  const pki::Certificate ca =
      *pki::SelfSign({.ca = true, .not_before = {}, .lifetime = std::chrono::years(200)}, ca_key);
  secrets::ApiCertificate::Spec secrets = Secrets();
  secrets.mutable_accepted_cas(0)->set_crt(ca.ToPem());
  f.clock.Advance(std::chrono::seconds(1));
  f.config.set_readonly_role_mode(false);
  f.config.set_skip_verifying_client_cert(false);
  f.runtime.Publish<secrets::ApiCertificate>("test", {{"api", secrets}});
  f.runtime.Publish<runtime::APIServiceConfig>("test", {{"apid", f.config}});
  f.Turn();
  for (const std::string& role : rpc::AllRoles()) {
    const pki::Key key = *pki::Key::GenerateEd25519();
    const pki::Certificate own = *pki::Sign({.organizations = {role},
                                             .for_clients = true,
                                             .not_before = {},
                                             .lifetime = std::chrono::years(200)},
                                            key, ca, ca_key);
    f.client = *rpc::Client::ConnectTls(*f.loop, std::format("127.0.0.1:{}", *f.gateway.Port()),
                                        *rpc::NewTlsClientContext({.trust = rpc::TlsTrust::kAnybody,
                                                                   .server_name = "127.0.0.1",
                                                                   .certificate_pem = own.ToPem(),
                                                                   .key_pem = key.ToPem()}));
    for (const rpc::RoleRow& row : rpc::RoleTable()) {
      INFO(row.method << " as " << role);
      const absl::StatusCode code = f.Ask(row.method, "0").status().code();
      REQUIRE(code != absl::StatusCode::kUnavailable);
      CHECK((code != absl::StatusCode::kPermissionDenied) ==
            std::ranges::contains(row.roles, role));
    }
  }
}

}  // namespace ichor::apid
