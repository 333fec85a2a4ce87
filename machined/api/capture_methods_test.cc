#include <string>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "lib/base/status_matchers.h"
#include "machined/api/api_fixture.h"
#include "machined/api/pcap.h"

namespace ichor::api {
namespace {

using base::StatusIs;
using std::string_literals::operator""s;

const std::string kCapture = "/machine.MachineService/PacketCapture";

std::string Bytes(const Received& received) {
  std::string bytes;
  for (const std::string& message : received.messages) {
    common::Data data;
    REQUIRE(data.ParseFromString(message));
    bytes += data.bytes();
  }
  return bytes;
}

const sys::CapturedFrame kFrame = {
    .time = base::WallTime(std::chrono::seconds(0x01020304) + std::chrono::nanoseconds(16'999)),
    .bytes = "frame",
    .original_bytes = 64};
const std::string kRecord =
    "\x04\x03\x02\x01\x10\0\0\0\x05\0\0\0\x40\0\0\0"s
    "frame";

}  // namespace

TEST_CASE("pcap: header and records are what libpcap reads") {
  CHECK(PcapHeader(sys::FrameFormat::kEthernet, 0x1000) ==
        "\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\x10\0\0\x01\0\0\0"s);
  CHECK(PcapHeader(sys::FrameFormat::kIp, 1).ends_with("\x65\0\0\0"s));
  CHECK(PcapRecord(kFrame) == kRecord);
}

TEST_CASE("packet capture: frames come until the client goes") {
  ApiFixture f;
  f.captures.links = {{"eth0", sys::FrameFormat::kEthernet}};
  machine::PacketCaptureRequest request;
  request.set_interface("eth0");
  request.set_promiscuous(true);
  machine::BPFInstruction& instruction = *request.add_bpf_filter();
  instruction.set_op(6);
  instruction.set_k(100);
  {
    const auto stream = f.Open(kCapture, request.SerializeAsString());
    CHECK(Bytes(*stream) == PcapHeader(sys::FrameFormat::kEthernet, 262'144));
    f.captures.Add("eth0", kFrame);
    f.captures.Add("eth0", kFrame);
    f.Turn();
    CHECK(Bytes(*stream).ends_with(kRecord + kRecord));
    CHECK_FALSE(stream->over);
  }
  REQUIRE(f.captures.opened.size() == 1);
  CHECK(f.captures.opened[0].promiscuous);
  REQUIRE(f.captures.opened[0].filter.size() == 1);
  CHECK(f.captures.opened[0].filter[0].code == 6);
  CHECK(f.captures.open() == 1);
  f.Disconnect();
  CHECK(f.captures.open() == 0);
}

TEST_CASE("packet capture: a missing link and a filter that is none are refused") {
  ApiFixture f;
  machine::PacketCaptureRequest request;
  request.set_interface("eth7");
  CHECK_THAT(f.Open(kCapture, request.SerializeAsString())->status,
             StatusIs(absl::StatusCode::kNotFound, "no link \"eth7\""));
  request.add_bpf_filter()->set_jt(256);
  CHECK_THAT(f.Open(kCapture, request.SerializeAsString())->status,
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "filter: instruction 0 has a field that is too large"));
}

}  // namespace ichor::api
