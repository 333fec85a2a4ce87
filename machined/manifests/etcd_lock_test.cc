#include "machined/manifests/etcd_lock.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/kube/json.h"
#include "lib/resource/text.h"
#include "lib/resource/tree.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

// An etcd whose lock somebody else may hold.
class FakeEtcd : public kube::Api {
 public:
  absl::StatusOr<google::protobuf::Struct> Do(const kube::Call& call) override {
    calls.push_back(call.path + " " + call.body);
    if (held_by_another && call.path == "/v3/lock/lock") {
      return absl::DeadlineExceededError("no answer within 10s");
    }
    return Object({{"ID", "7587862094723"}});
  }

  bool held_by_another = false;
  std::vector<std::string> calls;
};

}  // namespace

TEST_CASE("etcd's lock: work is done between taking it and giving it back") {
  FakeEtcd etcd;
  const absl::Status done = WithEtcdLock(etcd, kManifestLock, [&etcd] {
    etcd.calls.emplace_back("work");
    return absl::AbortedError("said by the work");
  });
  CHECK_THAT(done, base::StatusIs(absl::StatusCode::kAborted, "said by the work"));
  CHECK(
      etcd.calls ==
      std::vector<std::string>{
          R"(/v3/lease/grant {"TTL":"120"})",
          R"(/v3/lock/lock {"lease":"7587862094723","name":"dGFsb3M6djE6bWFuaWZlc3RBcHBseU11dGV4"})",
          "work", R"(/v3/lease/revoke {"ID":"7587862094723"})"});
}

TEST_CASE("etcd's lock: while another node holds it, nothing is done and nothing is left") {
  FakeEtcd etcd;
  etcd.held_by_another = true;
  bool worked = false;
  const absl::Status done = WithEtcdLock(etcd, kManifestLock, [&worked] {
    worked = true;
    return absl::OkStatus();
  });
  CHECK_THAT(done,
             base::StatusIs(absl::StatusCode::kDeadlineExceeded,
                            "lock talos:v1:manifestApplyMutex of etcd: no answer within 10s"));
  CHECK_FALSE(worked);
  CHECK(etcd.calls.back().starts_with("/v3/lease/revoke"));
}

TEST_CASE("etcd's lock: etcd is asked as its administrator, once it has certificates") {
  CHECK_FALSE(
      EtcdAccess(AllOf<secrets::EtcdRootSecret>({}), AllOf<secrets::EtcdSecret>({})).has_value());
  const auto access =
      EtcdAccess(AllOf<secrets::EtcdRootSecret>({{"etcd", Text("etcd_ca { crt: 'ca' key: 'k' }")}}),
                 AllOf<secrets::EtcdSecret>({{"etcd", Text("etcd_admin { crt: 'c' key: 'k' }")}}));
  REQUIRE(access.has_value());
  CHECK(*access == kube::Access{.server = "https://127.0.0.1:2383",
                                .ca_pem = "ca",
                                .certificate_pem = "c",
                                .key_pem = "k"});
}

}  // namespace ichor
