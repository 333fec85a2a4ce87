#include "machined/services/health_checker.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <format>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
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

TEST_CASE("health: who is asked over HTTP is well with 200") {
  const auto [answer, expected] = GENERATE(table<std::string, std::string>(
      {{"HTTP/1.1 200 OK\r\n\r\nok", "well"},
       {"HTTP/1.1 500 Internal Server Error\r\n\r\n", "it answers with 500"},
       {"SSH-2.0", "it does not answer as an HTTP server does"}}));
  TestRuntime t;
  HealthChecker checker(*t.loop, t.runtime, t.clock);
  const base::UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  REQUIRE(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(listen(listener.get(), 1) == 0);
  REQUIRE(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  t.runtime.Publish<ServiceDefinition>(
      "boot", {{"kubelet", Text(std::format("health {{ local_port: {} http_path: '/healthz' }}",
                                            ntohs(address.sin_port)))}});
  t.runtime.Publish<ProcessStatus>("init", {{"kubelet", Text("pid: 7")}});
  t.Settle();
  checker.OnSettled();
  t.Advance(20ms);
  t.loop->poller().Wait(std::chrono::nanoseconds(0));
  const base::UniqueFd peer(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  std::array<char, 256> request{};
  REQUIRE(read(peer.get(), request.data(), request.size()) > 0);
  CHECK(std::string_view(request.data()).starts_with("GET /healthz HTTP/1.1\r\n"));
  REQUIRE(write(peer.get(), answer.data(), answer.size()) > 0);
  t.loop->poller().Wait(std::chrono::nanoseconds(0));
  t.Settle();
  const auto health = t.runtime.Read<ServiceHealth>().find("kubelet")->spec();
  CHECK((health.healthy() ? "well" : health.message()) == expected);
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
