#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
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

}  // namespace ichor::api
