#include "machined/etcd/health.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "ichor/service.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/identity.h"
#include "lib/rpc/server.h"
#include "lib/runtime/test_runtime.h"
#include "machined/secrets/issue.h"
#include "talos/resource/definitions/etcd/etcd.resources.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""ms;

// An etcd that says what a test wants, over mutual TLS.
struct FakeEtcd : EtcdControl {
  FakeEtcd() {
    const base::WallTime now = base::RealClock().Now();  // OpenSSL looks at the real one
    const pki::Identity ca = *pki::NewAuthority(pki::EtcdAuthority(), now);
    root.mutable_etcd_ca()->set_crt(ca.certificate.ToPem());
    root.mutable_etcd_ca()->set_key(ca.key.ToPem());
    CertificateWish wish;
    wish.ca = root.etcd_ca();
    wish.common_name = "n1";
    wish.ips = {std::string("\x7f\0\0\x01", 4)};
    wish.for_servers = true;
    wish.for_clients = true;
    wish.lifetime = std::chrono::hours(24);
    const auto server_pem = *Issuer().Issue("server", wish, {}, now);
    wish.for_servers = false;
    *certificates.mutable_etcd_admin() = *Issuer().Issue("admin", wish, {}, now);
    server = *rpc::Server::CreateTls(
        *t.loop, t.clock,
        {.address = "127.0.0.1:0",
         .context = *rpc::NewTlsServerContext({.certificate_pem = server_pem.crt(),
                                               .key_pem = server_pem.key(),
                                               .client_cas_pem = root.etcd_ca().crt()})});
    Serve<etcdserverpb::StatusResponse>("Maintenance/Status", status);
    Serve<etcdserverpb::RangeResponse>("KV/Range", range);
    status->mutable_header()->set_member_id(0xabc);
  }

  template <class Reply>
  void Serve(const std::string& method, const absl::StatusOr<Reply>& reply) {
    server->Handle("/etcdserverpb." + method, [&reply](rpc::Stream& stream) {
      return rpc::UnaryCall(stream, [&reply](std::string_view) -> absl::StatusOr<std::string> {
        return reply.ok() ? absl::StatusOr<std::string>(reply->SerializeAsString())
                          : reply.status();
      });
    });
  }

  void Bootstrap(const BootstrapWish& /*wish*/, Done done) override { done(absl::OkStatus()); }
  void Leave(Done done) override { done(absl::OkStatus()); }
  absl::StatusOr<std::string> PlaceForSnapshot() override { return "/nowhere"; }
  absl::StatusOr<std::shared_ptr<EtcdSession>> Open() override {
    return EtcdSession::Open({.loop = *t.loop,
                              .clock = t.clock,
                              .address = "127.0.0.1:" + std::to_string(*server->Port()),
                              .server_name = "127.0.0.1"},
                             root, certificates);
  }
  absl::StatusOr<std::shared_ptr<EtcdSession>> OpenMember(const std::string& url) override {
    return absl::UnavailableError("no etcd at " + url);
  }

  void Run(std::int32_t pid) {
    services::ProcessStatus::Spec process;
    process.set_pid(pid);
    t.runtime.Publish<services::ProcessStatus>("test", {{"etcd", process}});
    t.Advance(20ms);
  }
  // Turns until the network is quiet.
  void Turn() {
    for (int quiet = 0; quiet < 20; ++quiet) {
      t.loop->poller().Wait(1ms);
      if (t.loop->RunReady()) {
        quiet = 0;
      }
    }
    t.Advance(20ms);
  }
  std::string Health() {
    const auto rows = t.runtime.Read<services::ServiceHealth>();
    if (rows.empty()) {
      return "unknown";
    }
    return rows.front().spec().healthy() ? "well" : rows.front().spec().message();
  }
  std::string Member() {
    const auto rows = t.runtime.Read<etcd::EtcdMember>();
    return rows.empty() ? "" : rows.front().spec().member_id();
  }

  TestRuntime t;
  secrets::EtcdRootSecret::Spec root;
  secrets::EtcdSecret::Spec certificates;
  absl::StatusOr<etcdserverpb::StatusResponse> status{etcdserverpb::StatusResponse()};
  absl::StatusOr<etcdserverpb::RangeResponse> range{etcdserverpb::RangeResponse()};
  std::unique_ptr<rpc::Server> server;
};

struct Silent : rpc::Call {
  void OnMessage(std::string /*message*/) override {}
  void OnEnd(const absl::Status& /*status*/) override {}
};

}  // namespace

TEST_CASE("etcd's health: it is asked while it runs, and well if most members agree") {
  FakeEtcd etcd;
  EtcdHealth health(
      {.runtime = etcd.t.runtime, .loop = *etcd.t.loop, .clock = etcd.t.clock, .etcd = etcd});
  etcd.t.runtime.OnSettled([&] { health.OnSettled(); });
  etcd.range = absl::UnavailableError("etcdserver: no leader");
  etcd.Run(7);
  etcd.Turn();
  CHECK(etcd.Health() == "etcdserver: no leader");
  CHECK(etcd.Member() == "0000000000000abc");

  etcd.range = etcdserverpb::RangeResponse();
  etcd.t.Advance(EtcdHealth::kSoon);
  etcd.Turn();
  CHECK(etcd.Health() == "well");

  etcd.status->set_is_learner(true);
  etcd.t.Advance(EtcdHealth::kPeriod);
  etcd.Turn();
  CHECK(etcd.Health() == "it learns, and is no voting member yet");

  etcd.Run(0);
  CHECK(etcd.Health() == "unknown");
  CHECK(etcd.Member().empty());
}

TEST_CASE(
    "etcd's health: one that does not answer is not well, and an answer of one that ended "
    "counts for nothing") {
  FakeEtcd etcd;
  EtcdHealth health(
      {.runtime = etcd.t.runtime, .loop = *etcd.t.loop, .clock = etcd.t.clock, .etcd = etcd});
  etcd.t.runtime.OnSettled([&] { health.OnSettled(); });
  etcd.Run(7);
  etcd.Run(8);
  etcd.Turn();
  CHECK(etcd.Health() == "well");

  etcd.server->Handle("/etcdserverpb.Maintenance/Status",
                      [](rpc::Stream&) { return std::make_unique<Silent>(); });
  etcd.Run(9);
  etcd.Turn();
  CHECK(etcd.Health() == "unknown");
  etcd.t.Advance(EtcdSession::kTimeout);
  etcd.Turn();
  CHECK(etcd.Health() == "etcd did not answer within 15s");
}

}  // namespace ichor
