#include "machined/kubeprism/balancer.h"

#include <chrono>
#include <format>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"

namespace ichor {
namespace {

using base::IsOk;
using std::chrono_literals::operator""s;

// An API server that answers every connection with its name, and then says nothing.
struct Server {
  Server(TestRuntime& t, std::string name, const std::string& address = "127.0.0.1:0") {
    listener = *sys::StreamListener::Listen(
        t.loop->poller(), address, [this, name = std::move(name)](base::UniqueFd fd) {
          REQUIRE_THAT(sys::WriteSome(fd.get(), name.data(), name.size()), IsOk());
          connections.push_back(std::move(fd));
        });
  }
  std::uint16_t port() const { return *listener->port(); }

  std::vector<base::UniqueFd> connections;
  std::unique_ptr<sys::StreamListener> listener;
};

// A port that nobody listens on.
std::uint16_t FreePort() {
  const auto fd = sys::ListenTcp("127.0.0.1:0");
  return *sys::PortOf(fd->get());
}

struct Fixture {
  Fixture() {
    t.runtime.AddSource<k8s::KubePrismConfig>("test");
    RegisterKubePrism(t.runtime, *t.loop, balancer);
    REQUIRE_THAT(t.runtime.Validate(), IsOk());
  }
  // Until nothing happens any more, the real sockets included.
  void Turn() {
    for (int i = 0; i < 20; ++i) {
      t.loop->poller().Wait(std::chrono::milliseconds(1));
      t.Advance(std::chrono::milliseconds(2));  // what is published twice is taken 20 ms later
    }
  }
  void Pass(std::chrono::seconds time) {
    t.Advance(time);
    Turn();
  }
  void Balance(const std::vector<Upstream>& upstreams) {
    k8s::KubePrismConfig::Spec spec;
    spec.set_host("127.0.0.1");
    spec.set_port(port);
    for (const Upstream& upstream : upstreams) {
      auto* const endpoint = spec.add_endpoints();
      endpoint->set_host(upstream.host);
      endpoint->set_port(upstream.port);
    }
    t.runtime.Publish<k8s::KubePrismConfig>("test", {{"k8s-loadbalancer-config", spec}});
    Turn();
  }
  base::UniqueFd Call() {
    auto fd = sys::StartConnectTcp(std::format("127.0.0.1:{}", port));
    REQUIRE_THAT(fd, IsOk());
    Turn();
    return *std::move(fd);
  }
  // What a caller hears; "" at the end of the connection.
  std::string Hear(const base::UniqueFd& fd) const {
    std::string text(1 << 10, '\0');
    const auto size = sys::ReadSome(fd.get(), text.data(), text.size());
    text.resize(size.value_or(0));
    return absl::IsUnavailable(size.status()) ? "(nothing)" : text;
  }
  std::string Status() {
    const auto rows = t.runtime.Read<k8s::KubePrismStatus>();
    if (rows.empty()) {
      return "none";
    }
    CHECK(rows.front().id() == "k8s-loadbalancer");
    CHECK(rows.front().spec().host() == std::format("127.0.0.1:{}", port));
    return rows.front().spec().healthy() ? "healthy" : "ill";
  }

  TestRuntime t;
  std::vector<std::string> asked;
  Dialer::Addresses addresses = std::vector<std::string>{"127.0.0.1"};
  std::vector<absl::AnyInvocable<void(Dialer::Addresses)>> unanswered;
  bool answers = true;
  Balancer balancer{t.runtime,
                    {.loop = *t.loop,
                     .clock = t.clock,
                     .resolve = [this](const std::string& host,
                                       absl::AnyInvocable<void(Dialer::Addresses)> done) {
                       asked.push_back(host);
                       if (answers) {
                         done(addresses);
                       } else {
                         unanswered.push_back(std::move(done));
                       }
                     }}};
  std::uint16_t port = FreePort();
};

}  // namespace

TEST_CASE("kubeprism: a caller speaks with an API server, and its status is known") {
  Fixture f;
  Server server(f.t, "one");
  CHECK(f.Status() == "none");
  f.Balance({{.host = "localhost", .port = server.port()}});
  CHECK(f.Status() == "healthy");
  server.connections.clear();  // the checks'
  const base::UniqueFd caller = f.Call();
  CHECK(f.Hear(caller) == "one");
  REQUIRE_THAT(sys::WriteSome(caller.get(), "hello", 5), IsOk());
  f.Turn();
  CHECK(f.Hear(server.connections.back()) == "hello");
  CHECK(f.balancer.connections() == 1);
  server.connections.clear();
  f.Turn();
  CHECK(f.Hear(caller).empty());
}

TEST_CASE("kubeprism: a server that is down is passed over at once, and used once it is up") {
  Fixture f;
  Server other(f.t, "other");
  const std::uint16_t port = FreePort();
  f.Balance({{.host = "localhost", .port = port}, {.host = "127.0.0.1", .port = other.port()}});
  for (int i = 0; i < 3; ++i) {
    CHECK(f.Hear(f.Call()) == "other");
  }
  const Server own(f.t, "own", std::format("127.0.0.1:{}", port));
  other.listener.reset();
  CHECK(f.Hear(f.Call()) == "own");
  CHECK(f.Status() == "healthy");
}

TEST_CASE(
    "kubeprism: nobody answers: callers are told by the end, checks are frequent, then it is "
    "well") {
  Fixture f;
  const std::uint16_t port = FreePort();
  f.Balance({{.host = "localhost", .port = port}});
  f.Pass(2s);
  CHECK(f.Status() == "ill");
  CHECK(f.Hear(f.Call()).empty());
  f.Pass(2s);
  CHECK(f.balancer.connections() == 0);
  const Server own(f.t, "own", std::format("127.0.0.1:{}", port));
  for (int i = 0; i < 3; ++i) {
    f.Pass(2s);
  }
  CHECK(f.Status() == "healthy");
  const std::size_t checks = own.connections.size();
  f.Pass(2s);
  CHECK(own.connections.size() == checks);  // every 20 s now
  f.Pass(20s);
  CHECK(own.connections.size() == checks + 1);
}

TEST_CASE("kubeprism: of a name one lookup is under way, whose answer serves all that wait") {
  Fixture f;
  const Server server(f.t, "far");
  f.answers = false;
  f.Balance({{.host = "api.example.org", .port = server.port()}});
  const base::UniqueFd first = f.Call();
  const base::UniqueFd second = f.Call();
  CHECK(f.asked == std::vector<std::string>{"api.example.org"});
  CHECK(f.Hear(first) == "(nothing)");
  CHECK(f.balancer.connections() == 2);
  f.unanswered.front()(f.addresses);
  f.Turn();
  CHECK(f.Hear(first) == "far");
  CHECK(f.Hear(second) == "far");
  CHECK(f.Hear(f.Call()) == "far");
  CHECK(f.asked.size() == 1);
  f.Pass(20s);
  CHECK(f.asked.size() == 2);  // a host may move
}

TEST_CASE("kubeprism: each address of a name is tried") {
  Fixture f;
  const Server server(f.t, "far");
  f.addresses = std::vector<std::string>{"::1", "127.0.0.1"};
  f.Balance({{.host = "api.example.org", .port = server.port()}});
  CHECK(f.Hear(f.Call()) == "far");
  f.addresses = absl::NotFoundError("no such host");
  f.Pass(20s);
  CHECK(f.Hear(f.Call()).empty());
}

TEST_CASE(
    "kubeprism: the cluster's endpoint may be the balancer itself, which does not call itself") {
  Fixture f;
  const Server server(f.t, "own");
  f.Balance({{.host = "127.0.0.1", .port = f.port}, {.host = "localhost", .port = server.port()}});
  CHECK(f.Hear(f.Call()) == "own");
  CHECK(f.balancer.connections() == 1);
}

TEST_CASE("kubeprism: other servers leave connections alone, another port ends them") {
  Fixture f;
  Server server(f.t, "one");
  f.Balance({{.host = "127.0.0.1", .port = server.port()}});
  const base::UniqueFd caller = f.Call();
  CHECK(f.Hear(caller) == "one");
  const Server two(f.t, "two");
  f.Balance({{.host = "127.0.0.1", .port = two.port()}});
  CHECK(f.Hear(caller) == "(nothing)");
  CHECK(f.Hear(f.Call()) == "two");
  f.port = FreePort();
  f.Balance({{.host = "127.0.0.1", .port = two.port()}});
  CHECK(f.Hear(caller).empty());
  CHECK(f.Hear(f.Call()) == "two");
  f.t.runtime.Publish<k8s::KubePrismConfig>("test", {});
  f.Turn();
  CHECK(f.Status() == "none");
  CHECK(!f.balancer.port().has_value());
}

TEST_CASE("kubeprism: a port that is taken is taken over when it is free") {
  Fixture f;
  const Server server(f.t, "own");
  auto thief = sys::ListenTcp(std::format("127.0.0.1:{}", f.port));
  f.Balance({{.host = "localhost", .port = server.port()}});
  CHECK(f.Status() == "ill");
  thief->Reset();
  f.Pass(2s);
  CHECK(f.Status() == "healthy");
  CHECK(f.Hear(f.Call()) == "own");
}

TEST_CASE("kubeprism: there is a most to what it carries") {
  Fixture f;
  Server server(f.t, "x");
  f.Balance({{.host = "localhost", .port = server.port()}});
  std::vector<base::UniqueFd> callers;
  for (std::size_t i = 0; i < Balancer::kMostConnections; ++i) {
    callers.push_back(*sys::StartConnectTcp(std::format("127.0.0.1:{}", f.port)));
    if (i % 64 == 0) {
      f.Turn();
    }
  }
  f.Turn();
  while (f.balancer.connections() < Balancer::kMostConnections) {
    f.Turn();
  }
  CHECK(f.Hear(f.Call()).empty());
  callers.pop_back();
  f.Turn();
  server.connections.clear();
  f.Turn();
  CHECK(f.Hear(f.Call()) == "x");
}

}  // namespace ichor
