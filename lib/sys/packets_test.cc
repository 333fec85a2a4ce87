// The contract of sys::Packets, over the fake and the real one; the real one on a pair of links in
// two namespaces.
#include "lib/sys/packets.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "catch2/catch_template_test_macros.hpp"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_packets.h"
#include "lib/sys/linux_packets.h"
#include "lib/sys/test_network.h"

namespace ichor::sys {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr std::uint32_t kMissing = 4711;
const std::string kBroadcast(6, '\xff');

template <class T>
struct Segment;

template <>
struct Segment<FakePackets> {
  Segment() { packets.links = {{2, true}}; }
  // What the socket gets when somebody on the segment sends.
  void Hear(const std::string& packet) { packets.Deliver(link, PacketProtocol::kArp, packet); }
  void SetDown() { packets.links[link] = false; }

  FakePackets packets;
  std::uint32_t link = 2;
};

template <>
struct Segment<LinuxPackets> {
  Segment() : other(EnterNewNetwork()), here(EnterNewNetwork()) {
    MakeVethPair("eth0", "peer0", other);
    EnterNetwork(other);
    SetLinkUp("peer0", true);
    peer = *LinuxPackets(*poller).Open(LinkIndexOf("peer0"), PacketProtocol::kArp,
                                       [](std::string_view) {});
    EnterNetwork(here);
    SetLinkUp("eth0", true);
    WaitForCarrier("eth0");
    EnterNetwork(other);
    WaitForCarrier("peer0");
    EnterNetwork(here);
    link = LinkIndexOf("eth0");
  }
  void Hear(const std::string& packet) {
    REQUIRE_THAT(peer->Send(kBroadcast, packet), IsOk());
    // The first may end for the other socket.
    poller->Wait(std::chrono::milliseconds(500));
    poller->Wait(std::chrono::milliseconds(100));
  }
  void SetDown() { SetLinkUp("eth0", false); }

  KeepNetwork keep;
  base::UniqueFd other;
  base::UniqueFd here;
  std::unique_ptr<Poller> poller = *Poller::Create();
  LinuxPackets packets{*poller};
  std::unique_ptr<PacketSocket> peer;
  std::uint32_t link = 0;
};

}  // namespace

TEMPLATE_TEST_CASE("packets: what is sent on the segment is heard, until the socket is closed",
                   "[kernel]", FakePackets, LinuxPackets) {
  Segment<TestType> s;
  std::vector<std::string> heard;
  const std::string packet(28, 'x');
  auto socket = s.packets.Open(s.link, PacketProtocol::kArp,
                               [&](std::string_view bytes) { heard.emplace_back(bytes); });
  REQUIRE_THAT(socket, IsOk());
  s.Hear(packet);
  REQUIRE(heard.size() == 1);
  CHECK(heard.front().starts_with(packet));
  REQUIRE_THAT((*socket)->Send(kBroadcast, packet), IsOk());
  CHECK(heard.size() == 1);  // not what we sent ourselves
  socket->reset();
}

TEMPLATE_TEST_CASE("packets: a link that is missing or down is refused", "[kernel]", FakePackets,
                   LinuxPackets) {
  Segment<TestType> s;
  CHECK_THAT(
      s.packets.Open(kMissing, PacketProtocol::kArp, [](std::string_view) {}).status(),
      StatusIs(absl::StatusCode::kNotFound, "open packet socket on link 4711: No such device"));
  auto socket = s.packets.Open(s.link, PacketProtocol::kArp, [](std::string_view) {});
  REQUIRE_THAT(socket, IsOk());
  s.SetDown();
  CHECK((*socket)->Send(kBroadcast, "x").code() == absl::StatusCode::kFailedPrecondition);
}

}  // namespace ichor::sys
