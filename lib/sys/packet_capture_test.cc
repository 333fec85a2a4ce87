// The real captures, between two links that are connected.
#include "lib/sys/packet_capture.h"

#include <linux/filter.h>

#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/linux_packet_capture.h"
#include "lib/sys/linux_packets.h"
#include "lib/sys/poller.h"
#include "lib/sys/test_network.h"

namespace ichor::sys {
namespace {

using base::IsOk;
using base::StatusIs;

const std::string kBroadcast(6, '\xff');
// Lets ARP through alone.
const std::vector<BpfInstruction> kArpOnly = {{BPF_LD | BPF_H | BPF_ABS, 0, 0, 12},
                                              {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0x0806},
                                              {BPF_RET | BPF_K, 0, 0, 65'535},
                                              {BPF_RET | BPF_K, 0, 0, 0}};

struct Segment {
  Segment() : other(EnterNewNetwork()), here(EnterNewNetwork()) {
    MakeVethPair("eth0", "peer0", other);
    SetLinkUp("eth0", true);
    EnterNetwork(other);
    SetLinkUp("peer0", true);
    WaitForCarrier("peer0");
    sender = *LinuxPackets(*poller).Open(LinkIndexOf("peer0"), PacketProtocol::kArp,
                                         [](std::string_view) {});
    EnterNetwork(here);
    WaitForCarrier("eth0");
  }

  KeepNetwork keep;
  std::unique_ptr<Poller> poller = *Poller::Create();
  base::UniqueFd other;
  base::UniqueFd here;
  std::unique_ptr<PacketSocket> sender;
  LinuxPacketCaptures captures;
};

// The next frame that comes within a while.
std::optional<CapturedFrame> Wait(Poller& poller, PacketCapture& capture) {
  REQUIRE_THAT(poller.Add(capture.fd(), 1, [](std::uint32_t) {}), IsOk());
  std::optional<CapturedFrame> frame;
  for (int i = 0; i < 20 && !frame.has_value(); ++i) {
    poller.Wait(std::chrono::milliseconds(100));
    frame = *capture.Next();
  }
  poller.Remove(capture.fd());
  return frame;
}

}  // namespace

TEST_CASE("packet capture: frames come with their headers, as far as asked", "[kernel]") {
  Segment segment;
  const bool promiscuous = GENERATE(false, true);
  const auto capture = segment.captures.Open(
      {.link = "eth0", .promiscuous = promiscuous, .snap_bytes = 20, .filter = kArpOnly});
  REQUIRE_THAT(capture, IsOk());
  CHECK((*capture)->format() == FrameFormat::kEthernet);
  REQUIRE_THAT(segment.sender->Send(kBroadcast, std::string(28, 'a')), IsOk());
  const std::optional<CapturedFrame> frame = Wait(*segment.poller, **capture);
  REQUIRE(frame.has_value());
  CHECK(frame->original_bytes == 42);
  CHECK(frame->bytes.starts_with(kBroadcast));
  CHECK(frame->bytes.ends_with(std::string("\x08\x06") + "aaaaaa"));
  CHECK(frame->bytes.size() == 20);
  CHECK(frame->time.time_since_epoch() > std::chrono::years(50));
}

TEST_CASE("packet capture: a missing link and a filter that is none are refused", "[kernel]") {
  Segment segment;
  CHECK_THAT(segment.captures.Open({.link = "eth7", .filter = {}}),
             StatusIs(absl::StatusCode::kNotFound, "no link \"eth7\""));
  CHECK_THAT(
      segment.captures.Open({.link = "eth0", .filter = {{0xffff, 0, 0, 0}}}),
      StatusIs(absl::StatusCode::kInvalidArgument, "attach packet filter: Invalid argument"));
  CHECK(segment.captures.Open({.link = "eth0", .filter = std::vector<BpfInstruction>(5000)})
            .status()
            .code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace ichor::sys
