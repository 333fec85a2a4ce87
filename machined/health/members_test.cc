#include "machined/health/members.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/pki/identity.h"
#include "lib/rpc/server.h"
#include "lib/runtime/test_runtime.h"
#include "machined/secrets/issue.h"

namespace ichor {
namespace {

using etcdserverpb::MemberListResponse;

// Two members of etcd over mutual TLS, each with a list of its own; the first is this node's.
struct TwoMembers : EtcdControl {
  TwoMembers() {
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
    *certificates.mutable_etcd() = *Issuer().Issue("server", wish, {}, now);
    wish.for_servers = false;
    *certificates.mutable_etcd_admin() = *Issuer().Issue("admin", wish, {}, now);
    first = Serve(first_list);
    second = Serve(second_list);
    first_list.mutable_header()->set_member_id(1);
    for (const int id : {1, 2, 3}) {
      first_list.add_members()->set_id(id);
    }
    first_list.mutable_members(0)->add_client_urls("https://127.0.0.1:2379");
    first_list.mutable_members(1)->add_client_urls("https://10.0.0.2:2379");  // 3 has not begun
  }

  std::unique_ptr<rpc::Server> Serve(const MemberListResponse& list) {
    const secrets::EtcdSecret::Spec& own = certificates;
    auto server = *rpc::Server::CreateTls(
        *t.loop, t.clock,
        {.address = "127.0.0.1:0",
         .context = *rpc::NewTlsServerContext({.certificate_pem = own.etcd().crt(),
                                               .key_pem = own.etcd().key(),
                                               .client_cas_pem = root.etcd_ca().crt()})});
    server->Handle("/etcdserverpb.Cluster/MemberList", [&list](rpc::Stream& stream) {
      return rpc::UnaryCall(stream, [&list](std::string_view) {
        return absl::StatusOr<std::string>(list.SerializeAsString());
      });
    });
    return server;
  }

  absl::StatusOr<std::shared_ptr<EtcdSession>> Connect(const rpc::Server& server) {
    return EtcdSession::Open({.loop = *t.loop,
                              .clock = t.clock,
                              .address = "127.0.0.1:" + std::to_string(*server.Port()),
                              .server_name = "127.0.0.1"},
                             root, certificates);
  }

  void Bootstrap(const BootstrapWish& /*wish*/, Done done) override { done(absl::OkStatus()); }
  void Leave(Done done) override { done(absl::OkStatus()); }
  absl::StatusOr<std::string> PlaceForSnapshot() override { return "/nowhere"; }
  absl::StatusOr<std::shared_ptr<EtcdSession>> Open() override { return Connect(*first); }
  absl::StatusOr<std::shared_ptr<EtcdSession>> OpenMember(const std::string& url) override {
    asked += url;
    if (!second_runs) {
      return absl::UnavailableError("connection refused");
    }
    return Connect(*second);
  }

  MembersSight Look() {
    std::optional<MembersSight> sight;
    LookAtMembers(*this, [&sight](MembersSight seen) { sight = std::move(seen); });
    for (int i = 0; i < 1000 && !sight.has_value(); ++i) {
      t.loop->poller().Wait(std::chrono::milliseconds(1));
      t.loop->RunReady();
    }
    return sight.value_or(MembersSight{.status = absl::UnknownError("no answer"), .views = {}});
  }

  TestRuntime t;
  secrets::EtcdRootSecret::Spec root;
  secrets::EtcdSecret::Spec certificates;
  MemberListResponse first_list;
  MemberListResponse second_list;
  std::unique_ptr<rpc::Server> first;
  std::unique_ptr<rpc::Server> second;
  bool second_runs = true;
  std::string asked;
};

}  // namespace

TEST_CASE("members: each that has begun is asked itself, this node's first") {
  TwoMembers members;
  members.second_list.add_members()->set_id(2);
  const MembersSight sight = members.Look();
  REQUIRE_THAT(sight.status, base::IsOk());
  REQUIRE(sight.views.size() == 2);
  CHECK(sight.views[0].host == "127.0.0.1");
  CHECK(sight.views[0].members.members_size() == 3);
  CHECK(sight.views[1].host == "10.0.0.2");
  CHECK(sight.views[1].members.members_size() == 1);
  CHECK(members.asked == "https://10.0.0.2:2379");
}

TEST_CASE("members: who does not answer is named") {
  TwoMembers members;
  members.second_runs = false;
  CHECK_THAT(members.Look().status, base::StatusIs(absl::StatusCode::kUnavailable,
                                                   "etcd at 10.0.0.2: connection refused"));
}

}  // namespace ichor
