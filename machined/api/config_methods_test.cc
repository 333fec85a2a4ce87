#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "ichor/boot.resources.h"
#include "ichor/node_service.pb.h"
#include "lib/resource/text.h"
#include "lib/resource/time_proto.h"
#include "machine/machine.pb.h"
#include "machined/api/api_fixture.h"

namespace ichor::api {
namespace {

using machine::ApplyConfigurationRequest;
using machine::ApplyConfigurationResponse;

constexpr const char* kApply = "/machine.MachineService/ApplyConfiguration";

std::string Request(ApplyConfigurationRequest::Mode mode) {
  ApplyConfigurationRequest request;
  request.set_data("text");
  request.set_mode(mode);
  request.mutable_try_mode_timeout()->set_seconds(30);
  return request.SerializeAsString();
}

}  // namespace

TEST_CASE("config methods: a config goes to the node as it is, and the answer comes back") {
  ApiFixture f;
  f.access.admin = true;
  f.config.answer =
      Applied{.warnings = {"odd"}, .mode = ApplyMode::kTry, .details = "It is tried."};
  const auto reply =
      f.Call<ApplyConfigurationResponse>(kApply, Request(ApplyConfigurationRequest::TRY));
  REQUIRE(f.parsed);
  REQUIRE(reply.messages_size() == 1);
  CHECK(reply.messages(0).warnings(0) == "odd");
  CHECK(reply.messages(0).mode() == ApplyConfigurationRequest::TRY);
  CHECK(reply.messages(0).mode_details() == "It is tried.");
  CHECK(f.config.asked.text == "text");
  CHECK(f.config.asked.mode == ApplyMode::kTry);
  CHECK(f.config.asked.try_timeout == std::chrono::seconds(30));
}

TEST_CASE("config methods: only administrators change a config, but the first one is anybody's") {
  ApiFixture f;
  const std::string method =
      GENERATE(kApply, "/ichor.v1.NodeService/Apply", "/ichor.v1.NodeService/Plan");
  f.Call<ApplyConfigurationResponse>(method, "");
  CHECK(f.status == absl::PermissionDeniedError("not authorized"));
  f.config.maintenance = true;
  f.Call<ApplyConfigurationResponse>(method, "");
  CHECK(f.status.ok());
}

TEST_CASE("config methods: the mode of old clients is one of maintenance mode") {
  ApiFixture f;
  f.access.admin = true;
  f.Call<ApplyConfigurationResponse>(kApply, Request(ApplyConfigurationRequest::REBOOT));
  CHECK(absl::IsUnimplemented(f.status));
  f.config.maintenance = true;
  f.Call<ApplyConfigurationResponse>(kApply, Request(ApplyConfigurationRequest::REBOOT));
  CHECK(f.status.ok());
  CHECK(f.config.asked.mode == ApplyMode::kNoReboot);
}

TEST_CASE("node methods: an apply with a window, a plan, a confirmation") {
  ApiFixture f;
  f.access.admin = true;
  v1::ApplyRequest request;
  request.set_config("text");
  request.set_force(true);
  request.mutable_confirm_within()->set_seconds(300);
  f.config.answer = Applied{.confirm_until = base::WallTime(std::chrono::seconds(1000))};
  const auto applied =
      f.Call<v1::ApplyResponse>("/ichor.v1.NodeService/Apply", request.SerializeAsString());
  CHECK(applied.confirm_until().seconds() == 1000);
  CHECK(f.config.asked.confirm_within == std::chrono::minutes(5));
  CHECK(f.config.asked.force);

  const auto plan = f.Call<v1::PlanResponse>("/ichor.v1.NodeService/Plan");
  CHECK(plan.config_changes(0) == "machine.type: worker -> controlplane");
  CHECK(plan.reboot_reasons(0) == "machine.type changes");

  const auto confirmed = f.Call<v1::ConfirmResponse>("/ichor.v1.NodeService/Confirm");
  CHECK(confirmed.details() == "The config stays.");
  f.config.confirm = absl::FailedPreconditionError("nothing waits");
  f.Call<v1::ConfirmResponse>("/ichor.v1.NodeService/Confirm");
  CHECK(f.status == absl::FailedPreconditionError("nothing waits"));
}

TEST_CASE("node methods: crash records come oldest first") {
  ApiFixture f;
  f.t.runtime.Publish<boot::CrashRecord>(
      "test", {{"1", Text("time { seconds: 20 } process: 'apid' ended: 'killed'")},
               {"before-1", Text("time { seconds: 10 } process: 'kernel'")}});
  f.t.Settle();
  const auto reply = f.Call<v1::CrashRecordsResponse>("/ichor.v1.NodeService/CrashRecords");
  REQUIRE(reply.records_size() == 2);
  CHECK(reply.records(0).process() == "kernel");
  CHECK(reply.records(1).ended() == "killed");
}

}  // namespace ichor::api
