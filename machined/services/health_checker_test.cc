#include "machined/services/health_checker.h"

#include <unistd.h>

#include <format>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "grpc/health/v1/health.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/rpc/server.h"
#include "lib/runtime/test_runtime.h"

namespace ichor {
namespace {

using services::ProcessStatus;
using services::ServiceDefinition;
using services::ServiceHealth;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

using grpc::health::v1::HealthCheckResponse;

// A server whose health is as a test says; it hangs while `hangs`.
struct Server {
  Server() : path(std::format("/tmp/ichor-health-{}", getpid())) {
    absl::StatusOr<std::unique_ptr<rpc::Server>> made =
        rpc::Server::Create(*t.loop, {.path = path});
    REQUIRE_THAT(made, base::IsOk());
    server = *std::move(made);
    server->Handle("/grpc.health.v1.Health/Check", [this](rpc::Stream& stream) {
      return hangs ? std::make_unique<Silence>() : rpc::UnaryCall(stream, [this](std::string_view) {
        HealthCheckResponse response;
        response.set_status(status);
        return response.SerializeAsString();
      });
    });
    t.runtime.Publish<ServiceDefinition>(
        "boot", {{"cri", Text(std::format("health {{ unix_socket: '{}' grpc: true }}", path))}});
    t.runtime.Publish<ProcessStatus>("init", {{"cri", Text("pid: 7")}});
    t.Settle();
  }
  ~Server() { unlink(path.c_str()); }

  struct Silence : rpc::Call {
    void OnMessage(std::string /*message*/) override {}
    void OnEnd(const absl::Status& /*status*/) override {}
  };

  // What is said of the service after so long.
  std::string After(std::chrono::nanoseconds time) {
    t.Advance(time);
    for (int i = 0; i < 20; ++i) {  // what goes over the socket takes turns of the loop, not time
      t.loop->poller().Wait(std::chrono::nanoseconds(0));
      t.Settle();
    }
    const auto rows = t.runtime.Read<ServiceHealth>();
    const auto row = rows.find("cri");
    return row == rows.end() ? "not asked" : row->spec().healthy() ? "well" : row->spec().message();
  }

  TestRuntime t;
  std::string path;
  HealthCheckResponse::ServingStatus status = HealthCheckResponse::SERVING;
  bool hangs = false;
  std::unique_ptr<rpc::Server> server;
  HealthChecker checker{*t.loop, t.runtime, t.clock};
};

}  // namespace

TEST_CASE("health: who speaks gRPC is well when it says so itself") {
  Server s;
  s.checker.OnSettled();
  CHECK(s.After(20ms) == "well");
  s.status = HealthCheckResponse::NOT_SERVING;
  CHECK(s.After(5s) == "it says that it does not serve");
  s.status = HealthCheckResponse::SERVING;
  CHECK(s.After(200ms) == "well");
}

TEST_CASE("health: who accepts connections and answers nothing is not well") {
  Server s;
  s.hangs = true;
  s.checker.OnSettled();
  CHECK(s.After(20ms) == "not asked");
  CHECK(s.After(5s) == "no answer within 5000ms");
}

TEST_CASE("health: who is not well is asked soon at first, then as rarely as who is") {
  CHECK(PauseOfUnwell(0s) == 100ms);
  CHECK(PauseOfUnwell(800ms) == 100ms);
  CHECK(PauseOfUnwell(4s) == 500ms);
  CHECK(PauseOfUnwell(40s) == 5s);
  CHECK(PauseOfUnwell(1h) == 5s);
}

TEST_CASE("health: a service that stays unwell is asked every 5 s in the end") {
  TestRuntime t;
  HealthChecker checker(*t.loop, t.runtime, t.clock);
  t.runtime.Publish<ServiceDefinition>(
      "boot", {{"udevd", Text("health { unix_socket: '/nowhere/control' }")}});
  t.runtime.Publish<ProcessStatus>("init", {{"udevd", Text("pid: 7")}});
  t.Settle();
  checker.OnSettled();
  t.Advance(60s);
  CHECK_FALSE(t.runtime.Read<ServiceHealth>().find("udevd")->spec().healthy());
  const auto next = t.loop->NextTimer();
  REQUIRE(next.has_value());
  t.Advance(*next - t.clock.Monotonic());
  CHECK(*t.loop->NextTimer() - t.clock.Monotonic() == 5s);
}

}  // namespace ichor
