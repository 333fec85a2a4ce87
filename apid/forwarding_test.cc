// Three nodes, each with apid and a machined of our own, and a client, on one loop.
#include <unistd.h>

#include <array>
#include <chrono>
#include <format>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "apid/gateway.h"
#include "apid/test_lines.h"
#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/certificate.h"
#include "lib/rpc/client.h"
#include "lib/rpc/server.h"
#include "lib/runtime/loop_executor.h"
#include "lib/sys/tcp_socket.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::apid {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr const char* kVersion = "/machine.MachineService/Version";
constexpr const char* kLogs = "/machine.MachineService/Logs";
constexpr const char* kReboot = "/machine.MachineService/Reboot";

std::uint16_t FreePort() {
  const base::UniqueFd listener = *sys::ListenTcp("127.0.0.11:0");
  return *sys::PortOf(listener.get());
}

// Replies with its name and the metadata that it gets; sends as many lines as it is told, and
// without end for "follow".
class FakeMachined {
 public:
  FakeMachined(Loop& loop, const std::string& path, std::string name)
      : name_(std::move(name)), server_(*rpc::Server::Create(loop, {.path = path})) {
    for (const char* const method : {kVersion, kReboot}) {
      server_->Handle(method, [this](rpc::Stream& stream) {
        common::DataResponse reply;
        *reply.add_messages()->mutable_bytes() = TextOf(stream);
        return rpc::UnaryCall(stream,
                              [text = reply.SerializeAsString()](
                                  std::string_view asks) -> absl::StatusOr<std::string> {
                                return asks == "none" ? "" : text;
                              });
      });
    }
    server_->Handle(kLogs, [this](rpc::Stream& stream) {
      common::Data line;
      line.set_bytes(std::string(1000, name_.back()));
      return std::make_unique<Lines>(stream, counts, line.SerializeAsString());
    });
  }

  LineCounts counts;

 private:
  std::string TextOf(const rpc::Stream& stream) const {
    std::string text = name_ + ":";
    for (const auto& [name, value] : stream.headers()) {
      if (name != "ichor-peer") {  // its port is any
        text += std::format(" {}={}", name, value);
      }
    }
    return text;
  }

  const std::string name_;
  const std::unique_ptr<rpc::Server> server_;
};

struct Ca {
  pki::Key key = *pki::Key::GenerateEd25519();
  pki::Certificate certificate =
      *pki::SelfSign({.ca = true, .not_before = {}, .lifetime = std::chrono::years(200)}, key);

  common::PEMEncodedCertificateAndKey Issue(const pki::Statement& wish) const {
    pki::Statement statement = wish;
    statement.lifetime = std::chrono::years(200);
    const pki::Key leaf_key = *pki::Key::GenerateEd25519();
    common::PEMEncodedCertificateAndKey pair;
    pair.set_crt(pki::Sign(statement, leaf_key, certificate, key)->ToPem());
    pair.set_key(leaf_key.ToPem());
    return pair;
  }
  common::PEMEncodedCertificateAndKey Client(const std::string& role) const {
    return Issue({.organizations = {role}, .for_clients = true});
  }
};

struct TestNode {
  TestNode(Loop& shared, const base::Clock& now, const Ca& ca, int number, std::uint16_t port)
      : loop(shared),
        clock(now),
        address(std::format("127.0.0.{}", number)),
        bytes{127, 0, 0, static_cast<char>(number)},
        path(std::format("/tmp/forwarding_test.{}.{}", getpid(), number)),
        gateway(loop, runtime, clock, path, {.port = port}) {
    network::NodeAddress::Spec addresses;
    addresses.add_addresses()->set_ip(bytes);
    runtime.Publish<network::NodeAddress>("test", {{"current", addresses}});
    runtime::APIServiceConfig::Spec config;
    config.set_listen_address(std::format("{}:{}", address, port));
    runtime.Publish<runtime::APIServiceConfig>("test", {{"apid", config}});
    *secrets.mutable_server() = ca.Issue({.common_name = "n", .ips = {bytes}, .for_servers = true});
    *secrets.mutable_client() = ca.Client("os:impersonator");
    secrets.add_accepted_cas()->set_crt(ca.certificate.ToPem());
    PublishSecrets();
  }
  ~TestNode() { unlink(path.c_str()); }

  void PublishSecrets() { runtime.Publish<secrets::ApiCertificate>("test", {{"api", secrets}}); }

  Loop& loop;
  const base::Clock& clock;
  const std::string address;
  const std::string bytes;
  const std::string path;
  LoopExecutor executor{loop};
  Store store{clock};
  Runtime runtime{loop, executor, store, clock};
  secrets::ApiCertificate::Spec secrets;
  FakeMachined machined{loop, path, address};
  Gateway gateway;
};

struct Fixture {
  Fixture() {
    Turn();
    Connect("os:admin");
  }

  void Connect(const std::string& role) {
    const common::PEMEncodedCertificateAndKey own = ca.Client(role);
    client = *rpc::Client::ConnectTls(*loop, std::format("127.0.0.11:{}", port),
                                      *rpc::NewTlsClientContext({.server_name = "127.0.0.11",
                                                                 .cas_pem = ca.certificate.ToPem(),
                                                                 .certificate_pem = own.crt(),
                                                                 .key_pem = own.key()}));
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

  template <class Done>
  bool TurnUntil(const Done& done) {
    for (int turn = 0; turn < 20'000 && !done(); ++turn) {
      Turn();
    }
    return done();
  }

  absl::StatusOr<common::DataResponse> Ask(const char* method, const std::string& request = "") {
    std::optional<absl::StatusOr<std::string>> answer;
    client->Unary(method, request,
                  [&](absl::StatusOr<std::string> reply) { answer = std::move(reply); });
    TurnUntil([&] { return answer.has_value(); });
    absl::StatusOr<std::string> bytes = answer.value_or(absl::UnknownError("still open"));
    common::DataResponse reply;
    if (!bytes.ok()) {
      return bytes.status();
    }
    CHECK(reply.ParseFromString(*bytes));
    return reply;
  }

  // The same, as text of the only message.
  std::string TextOf(const char* method) {
    const absl::StatusOr<common::DataResponse> reply = Ask(method);
    return reply.ok() && reply->messages_size() == 1 ? reply->messages(0).bytes()
                                                     : reply.status().ToString();
  }

  base::FakeClock clock;
  std::unique_ptr<Loop> loop = *Loop::Create(clock);
  Ca ca;
  std::uint16_t port = FreePort();
  TestNode one{*loop, clock, ca, 11, port};
  TestNode two{*loop, clock, ca, 12, port};
  TestNode three{*loop, clock, ca, 13, port};
  std::unique_ptr<rpc::Client> client;
};

}  // namespace

TEST_CASE("forwarding: a call for another node reaches it, with the caller's roles") {
  Fixture f;
  f.Connect("os:reader");
  f.client->SetMetadata({{"node", "127.0.0.12"}, {"talos-role", "os:admin"}, {"x", "y"}});
  CHECK(f.TextOf(kVersion) == "127.0.0.12: x=y talos-role=os:reader");
  CHECK_THAT(f.Ask(kReboot), StatusIs(absl::StatusCode::kPermissionDenied, "not authorized"));
  f.client->SetMetadata({{"node", "127.0.0.11"}});
  CHECK(f.TextOf(kVersion) == "127.0.0.11: talos-role=os:reader");
}

TEST_CASE("forwarding: what was passed on once is not passed on again") {
  Fixture f;
  f.client->SetMetadata({{"proxyfrom", "somebody"}, {"node", "127.0.0.12"}});
  CHECK(f.TextOf(kVersion) == "127.0.0.11: talos-role=os:admin");
}

TEST_CASE("forwarding: only a node's certificate speaks for others") {
  Fixture f;
  f.Connect("os:impersonator");
  CHECK_THAT(f.Ask(kVersion), StatusIs(absl::StatusCode::kPermissionDenied, "not authorized"));
  f.client->SetMetadata({{"talos-role", "os:operator"}, {"talos-role", "os:reader"}});
  CHECK(f.TextOf(kVersion) == "127.0.0.11: talos-role=os:operator talos-role=os:reader");
}

TEST_CASE("forwarding: many nodes answer as one, and a dead one is named") {
  Fixture f;
  f.client->SetMetadata({{"nodes", "127.0.0.11"},
                         {"nodes", "127.0.0.12"},
                         {"nodes", "127.0.0.19"},
                         {"nodes", "x:1"}});
  const absl::StatusOr<common::DataResponse> reply = f.Ask(kVersion);
  REQUIRE_THAT(reply, IsOk());
  std::map<std::string, common::Data> by_node;
  for (const common::Data& message : reply->messages()) {
    by_node[message.metadata().hostname()] = message;
  }
  REQUIRE(by_node.size() == 4);
  CHECK(by_node["127.0.0.11"].bytes() == "127.0.0.11: talos-role=os:admin");
  CHECK(by_node["127.0.0.12"].bytes() == "127.0.0.12: talos-role=os:admin");
  CHECK(by_node["127.0.0.12"].metadata().error().empty());
  CHECK(by_node["127.0.0.19"].metadata().status().code() ==
        static_cast<int>(absl::StatusCode::kUnavailable));
  const std::string& refused = by_node["127.0.0.19"].metadata().status().message();
  CHECK(refused.starts_with("node 127.0.0.19: "));
  CHECK(refused.ends_with("Connection refused"));
  CHECK(by_node["x:1"].metadata().error() ==
        "rpc error: code = Internal desc = node \"x:1\": expected an IP address without a port");
}

TEST_CASE("forwarding: a reply that cannot be merged fails the call") {
  Fixture f;
  f.client->SetMetadata({{"nodes", "127.0.0.11"}, {"nodes", "127.0.0.12"}});
  CHECK(f.Ask(kVersion, "none").status().code() == absl::StatusCode::kInternal);
}

TEST_CASE("forwarding: streams of many nodes are mixed, and each message says where it is from") {
  Fixture f;
  f.client->SetMetadata(
      {{"nodes", "127.0.0.12"}, {"nodes", "127.0.0.13"}, {"nodes", "127.0.0.19"}});
  std::map<std::string, size_t> bytes;
  int errors = 0;
  std::optional<absl::Status> end;
  f.client->ServerStream(
      kLogs, "2000",
      [&](const std::string& text) {
        common::Data line;
        CHECK(line.ParseFromString(text));
        errors += line.metadata().has_status() ? 1 : 0;
        bytes[line.metadata().hostname()] += line.bytes().size();
      },
      [&](const absl::Status& status) { end = status; });
  REQUIRE(f.TurnUntil([&] { return end.has_value(); }));
  CHECK_THAT(*end, IsOk());
  CHECK(errors == 1);
  CHECK(bytes == std::map<std::string, size_t>{
                     {"127.0.0.12", 2'000'000}, {"127.0.0.13", 2'000'000}, {"127.0.0.19", 0}});
}

TEST_CASE("forwarding: a caller that leaves ends the calls at all nodes") {
  Fixture f;
  f.client->SetMetadata({{"node", "127.0.0.12"}});
  f.client->ServerStream(kLogs, "follow", [](const std::string&) {}, [](const absl::Status&) {});
  f.client->SetMetadata({{"nodes", "127.0.0.12"}, {"nodes", "127.0.0.13"}});
  f.client->ServerStream(kLogs, "follow", [](const std::string&) {}, [](const absl::Status&) {});
  REQUIRE(f.TurnUntil([&] {
    return f.two.machined.counts.open_calls == 2 && f.three.machined.counts.open_calls == 1;
  }));
  f.client = nullptr;
  CHECK(f.TurnUntil([&] {
    return f.two.machined.counts.open_calls == 0 && f.three.machined.counts.open_calls == 0;
  }));
}

TEST_CASE("forwarding: a caller that does not read holds the nodes up, not memory") {
  Fixture f;
  struct Unwilling : rpc::Call {
    explicit Unwilling(rpc::Stream& stream) { stream.HoldReading(); }
    void OnMessage(std::string /*message*/) override {}
    void OnEnd(const absl::Status& /*status*/) override {}
  };
  for (const char* const key : {"node", "nodes"}) {
    f.client->Open(kLogs, {{key, "127.0.0.12"}}, [](rpc::Stream& stream) {
      stream.Send("follow");
      stream.CloseSending();
      return std::make_unique<Unwilling>(stream);
    });
  }
  for (int turn = 0; turn < 300; ++turn) {
    f.Turn();
  }
  CHECK(f.two.machined.counts.open_calls == 2);
  CHECK(f.two.machined.counts.sent_bytes < 8'000'000);
  f.client->SetMetadata({{"node", "127.0.0.12"}});
  CHECK(f.TextOf(kVersion) == "127.0.0.12: talos-role=os:admin");
}

TEST_CASE("forwarding: a node that says nothing is given up after a while") {
  Fixture f;
  const base::UniqueFd silent = *sys::ListenTcp(std::format("127.0.0.14:{}", f.port));
  f.client->SetMetadata({{"node", "127.0.0.14"}});
  std::optional<absl::Status> end;
  f.client->Unary(kVersion, "",
                  [&](const absl::StatusOr<std::string>& reply) { end = reply.status(); });
  for (int turn = 0; turn < 100; ++turn) {
    f.Turn();
  }
  CHECK_FALSE(end.has_value());
  f.clock.Advance(std::chrono::seconds(11));
  REQUIRE(f.TurnUntil([&] { return end.has_value(); }));
  CHECK_THAT(*end,
             StatusIs(absl::StatusCode::kUnavailable, "node 127.0.0.14: no answer within 10 s"));
}

TEST_CASE("forwarding: a node that another CA vouches for is not believed") {
  Fixture f;
  f.clock.Advance(std::chrono::seconds(1));
  f.two.secrets.mutable_server()->CopyFrom(
      Ca().Issue({.common_name = "n", .ips = {f.two.bytes}, .for_servers = true}));
  f.two.PublishSecrets();
  f.Turn();
  f.client->SetMetadata({{"node", "127.0.0.12"}});
  const absl::Status status = f.Ask(kVersion).status();
  CHECK(status.code() == absl::StatusCode::kUnavailable);
  CHECK(status.message().starts_with("node 127.0.0.12: "));
  CHECK(status.message().find("certificate verify failed") != std::string::npos);
}

TEST_CASE("forwarding: a node without a certificate for it forwards nothing") {
  Fixture f;
  f.clock.Advance(std::chrono::seconds(1));
  f.one.secrets.clear_client();
  f.one.PublishSecrets();
  f.Turn();
  f.client->SetMetadata({{"node", "127.0.0.12"}});
  CHECK_THAT(f.Ask(kVersion),
             StatusIs(absl::StatusCode::kPermissionDenied, "no request forwarding"));
  f.client->SetMetadata({{"nodes", "127.0.0.11"}});
  CHECK(f.TextOf(kVersion) == "127.0.0.11: talos-role=os:admin");
}

}  // namespace ichor::apid
