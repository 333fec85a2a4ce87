#include <cstdlib>
#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/sys/file.h"
#include "machine/machine.pb.h"
#include "machined/api/api_fixture.h"

namespace ichor::api {

TEST_CASE("etcd methods: Bootstrap passes the wish on, and answers with what became of it") {
  ApiFixture f;
  constexpr const char* kBootstrap = "/machine.MachineService/Bootstrap";
  machine::BootstrapRequest request;
  auto reply = f.Call<machine::BootstrapResponse>(kBootstrap, request.SerializeAsString());
  REQUIRE(f.parsed);
  CHECK(reply.messages_size() == 1);
  CHECK_FALSE(f.etcd.asked.from_snapshot);

  request.set_recover_etcd(true);
  request.set_recover_skip_hash_check(true);
  f.etcd.answer = absl::AlreadyExistsError("etcd data directory is not empty");
  f.Call<machine::BootstrapResponse>(kBootstrap, request.SerializeAsString());
  CHECK_THAT(f.status,
             base::StatusIs(absl::StatusCode::kAlreadyExists, "etcd data directory is not empty"));
  CHECK(f.etcd.asked.from_snapshot);
  CHECK(f.etcd.asked.skip_hash_check);
}

TEST_CASE("etcd methods: while etcd does not run, each says why") {
  ApiFixture f;
  for (const char* const method :
       {"EtcdMemberList", "EtcdRemoveMemberByID", "EtcdStatus", "EtcdAlarmList", "EtcdAlarmDisarm",
        "EtcdDefragment", "EtcdDowngradeValidate", "EtcdDowngradeEnable", "EtcdDowngradeCancel",
        "EtcdForfeitLeadership", "EtcdLeaveCluster", "EtcdSnapshot"}) {
    INFO(method);
    CHECK_THAT(
        f.Ask(std::string("/machine.MachineService/") + method).status(),
        base::StatusIs(absl::StatusCode::kUnavailable, "etcd does not run: waits for a test"));
  }
  CHECK_FALSE(f.etcd.left);
}

TEST_CASE("etcd methods: EtcdRecover stores what it gets, as a whole") {
  ApiFixture f;
  constexpr const char* kRecover = "/machine.MachineService/EtcdRecover";
  common::Data data;
  data.set_bytes("pages and a hash");
  CHECK_THAT(f.Ask(kRecover, data.SerializeAsString()).status(),
             base::StatusIs(absl::StatusCode::kFailedPrecondition, "too early"));

  std::string top = "/tmp/ichor-recover-XXXXXX";
  REQUIRE(mkdtemp(top.data()) != nullptr);
  const std::string path = top + "/etcd.snapshot";
  f.etcd.place = path;
  CHECK_THAT(f.Ask(kRecover, "").status(),
             base::StatusIs(absl::StatusCode::kInvalidArgument, "the snapshot is empty"));
  CHECK_FALSE(std::filesystem::exists(path));
  REQUIRE_THAT(f.Ask(kRecover, data.SerializeAsString()).status(), base::IsOk());
  CHECK(*sys::ReadFile(path, 100) == "pages and a hash");
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms::owner_all);
  std::filesystem::remove_all(top);
}

}  // namespace ichor::api
