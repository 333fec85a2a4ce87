// One contract for the fake and the kernel's UDP.
#include "lib/sys/udp.h"

#include <memory>
#include <string>

#include "catch2/catch_template_test_macros.hpp"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_udp.h"
#include "lib/sys/linux_udp.h"

namespace ichor::sys {
namespace {

const std::string kLoopback("\x7f\0\0\x01", 4);

struct FakeWorld {
  // Carries what was sent to who hears it.
  void Turn() {
    for (const FakeUdp::Datagram& datagram : std::exchange(udp.sent, {}))
      udp.Deliver(datagram);
  }
  FakeUdp udp;
};

struct LinuxWorld {
  void Turn() { poller->Wait(std::chrono::seconds(2)); }
  std::unique_ptr<Poller> poller = *Poller::Create();
  LinuxUdp udp{*poller};
};

}  // namespace

TEMPLATE_TEST_CASE("udp: a question reaches who listens, and the answer who asked", "", FakeWorld,
                   LinuxWorld) {
  TestType world;
  const UdpEndpoint server{.address = kLoopback, .port = 47123};
  std::string heard;
  UdpEndpoint asker;
  auto listener = world.udp.Listen(server, [&](const UdpEndpoint& from, std::string_view payload) {
    asker = from;
    heard = payload;
  });
  REQUIRE_THAT(listener.status(), base::IsOk());
  std::string answer;
  UdpEndpoint from_whom;
  auto client = world.udp.Connect(server, [&](const UdpEndpoint& from, std::string_view payload) {
    from_whom = from;
    answer = payload;
  });
  REQUIRE_THAT(client.status(), base::IsOk());
  REQUIRE_THAT((*client)->Send(server, "ask"), base::IsOk());
  world.Turn();
  REQUIRE(heard == "ask");
  REQUIRE_THAT((*listener)->Send(asker, "answer"), base::IsOk());
  world.Turn();
  CHECK(answer == "answer");
  CHECK(from_whom == server);
}

TEST_CASE("udp: a second listener on the same port is refused") {
  LinuxWorld world;
  const UdpEndpoint server{.address = kLoopback, .port = 47124};
  const auto nothing = [](const UdpEndpoint&, std::string_view) {};
  const auto first = world.udp.Listen(server, nothing);
  REQUIRE_THAT(first.status(), base::IsOk());
  CHECK(world.udp.Listen(server, nothing).status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK(world.udp.Listen({.address = "x", .port = 1}, nothing).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

}  // namespace ichor::sys
