#include "networkd/dhcp/conflict.h"

#include <chrono>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::networkd {
namespace {

using std::chrono_literals::operator""s;

const std::string kOurs("\x52\x54\0\0\0\x01", 6);
const std::string kOther("\x52\x54\0\0\0\x02", 6);
constexpr Ipv4 kAddress = 0x0a090005;

}  // namespace

TEST_CASE("arp conflict: three probes, then two announcements") {
  ConflictDetector detector(kAddress, kOurs, 10s);
  std::string kinds;
  while (detector.next_timer().has_value()) {
    for (const std::string& packet : detector.OnTimer(*detector.next_timer(), 500)) {
      const auto arp = ParseArp(packet);
      REQUIRE(arp.has_value());
      CHECK(arp->target == kAddress);
      CHECK(arp->sender_hardware == kOurs);
      kinds += arp->sender == 0 ? 'p' : 'a';
    }
  }
  CHECK(kinds == "pppaa");
}

TEST_CASE("arp conflict: while probing, anybody else with the address is a conflict") {
  ConflictDetector detector(kAddress, kOurs, 10s);
  detector.OnTimer(10s, 0);
  CHECK_FALSE(detector.OnPacket(EncodeArp(kOurs, kAddress, kAddress), 10s).conflict.has_value());
  CHECK_FALSE(detector.OnPacket(EncodeArp(kOther, kAddress + 1, kAddress), 10s).conflict);
  CHECK(detector.OnPacket(EncodeArp(kOther, kAddress, kAddress + 9), 10s).conflict == kOther);
  CHECK(detector.OnPacket(EncodeArp(kOther, 0, kAddress), 10s).conflict == kOther);
}

TEST_CASE("arp conflict: later the address is defended once in ten seconds") {
  ConflictDetector detector(kAddress, kOurs, 10s);
  while (detector.next_timer().has_value()) {
    detector.OnTimer(*detector.next_timer(), 0);
  }
  const std::string claim = EncodeArp(kOther, kAddress, kAddress);
  const ConflictDetector::Verdict first = detector.OnPacket(claim, 100s);
  CHECK_FALSE(first.conflict.has_value());
  CHECK(first.send.size() == 1);
  CHECK(detector.OnPacket(claim, 105s).conflict == kOther);
  CHECK_FALSE(detector.OnPacket(claim, 111s).conflict.has_value());
}

TEST_CASE("arp conflict: what is no ARP packet for IPv4 is none") {
  const std::string packet = EncodeArp(kOther, kAddress, kAddress);
  CHECK(ParseArp(packet + std::string(18, '\0')).has_value());  // padded as on the wire
  CHECK_FALSE(ParseArp(packet.substr(0, 27)).has_value());
  std::string other = packet;
  other[7] = 9;
  CHECK_FALSE(ParseArp(other).has_value());
  CHECK_FALSE(ParseArp("").has_value());
}

}  // namespace ichor::networkd
