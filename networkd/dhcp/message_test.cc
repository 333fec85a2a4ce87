#include "networkd/dhcp/message.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "networkd/dhcp/lease.h"

namespace ichor::networkd {
namespace {

using base::IsOk;
using base::StatusIs;

DhcpMessage Ack() {
  DhcpMessage message{.reply = true,
                      .transaction = 0x12345678,
                      .your_address = 0x0a090005,
                      .hardware_address = std::string("\x52\x54\0\0\0\x01", 6)};
  message.options[DhcpOption::kMessageType] = "\x05";
  message.options[DhcpOption::kServerId] = Ipv4Bytes(0x0a090001);
  message.options[DhcpOption::kLeaseTime] = Ipv4Bytes(600);
  message.options[DhcpOption::kSubnetMask] = Ipv4Bytes(MaskOf(24));
  return message;
}

}  // namespace

TEST_CASE("dhcp message: what is encoded is parsed again, long options too") {
  DhcpMessage message = Ack();
  message.options[DhcpOption::kDomainSearch] = std::string(600, 'x');
  const auto parsed = ParseDhcp(EncodeDhcp(message));
  REQUIRE_THAT(parsed, IsOk());
  CHECK(parsed->reply);
  CHECK(parsed->transaction == message.transaction);
  CHECK(parsed->your_address == message.your_address);
  CHECK(parsed->hardware_address == message.hardware_address);
  CHECK(parsed->options == message.options);
  CHECK(EncodeDhcp(Ack()).size() == 300);
}

TEST_CASE("dhcp message: short, huge and torn bytes are refused by name") {
  const std::string bytes = EncodeDhcp(Ack());
  CHECK_THAT(ParseDhcp(bytes.substr(0, 239)).status(),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "DHCP message: 239 bytes, expected 240 to 4096"));
  CHECK_THAT(ParseDhcp(bytes + std::string(4096, '\0')).status(),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "DHCP message: 4396 bytes, expected 240 to 4096"));
  std::string torn = bytes.substr(0, 240) + std::string("\x35\x04\x05", 3);
  CHECK_THAT(ParseDhcp(torn).status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                                "DHCP message: option 53 runs past the end"));
  torn = bytes;
  torn[236] = 'x';
  CHECK_THAT(ParseDhcp(torn).status(),
             StatusIs(absl::StatusCode::kInvalidArgument, "DHCP message: no magic cookie"));
}

TEST_CASE("dhcp message: options may go on in the fields for names") {
  std::string bytes = EncodeDhcp(Ack());
  const std::string in_file("\x0c\x01z\xff", 4);
  bytes.replace(108, in_file.size(), in_file);
  bytes.resize(240);
  bytes += std::string("\x34\x01\x01\xff", 4);
  const auto parsed = ParseDhcp(bytes);
  REQUIRE_THAT(parsed, IsOk());
  CHECK(parsed->option(DhcpOption::kHostname) == "z");
}

TEST_CASE("dhcp message: only whole UDP packets to the client's port have a payload") {
  std::string packet = UdpPacket(0x0a090001, 0xffffffff, "hello");
  CHECK_FALSE(UdpPayload(packet).ok());  // to the server's port
  std::swap(packet[20], packet[22]);
  std::swap(packet[21], packet[23]);
  const auto payload = UdpPayload(packet);
  REQUIRE_THAT(payload, IsOk());
  CHECK(*payload == "hello");
  CHECK(UdpPayload(packet + "padding").ok());
  CHECK_FALSE(UdpPayload(packet.substr(0, packet.size() - 1)).ok());
  CHECK_FALSE(UdpPayload(packet.substr(0, 19)).ok());
  packet[12] ^= 1;  // the header's checksum no longer holds
  CHECK_FALSE(UdpPayload(packet).ok());
}

TEST_CASE("lease: times that contradict each other are set right") {
  DhcpMessage message = Ack();
  message.options[DhcpOption::kRenewalTime] = Ipv4Bytes(900);
  message.options[DhcpOption::kRebindingTime] = Ipv4Bytes(800);
  const auto lease = LeaseOf(message, BootTime(0));
  REQUIRE_THAT(lease, IsOk());
  CHECK(lease->renew_at().seconds() == 300);
  CHECK(lease->rebind_at().seconds() == 525);
  CHECK(lease->expires_at().seconds() == 600);
}

TEST_CASE("lease: classless routes, bad ones left out") {
  DhcpMessage message = Ack();
  message.options[DhcpOption::kClasslessRoutes] =
      std::string("\x00\x0a\x09\x00\x01", 5) + std::string("\x18\xc0\xa8\x07\x00\x00\x00\x00", 8) +
      std::string("\x21\x0a", 2);
  const auto lease = LeaseOf(message, BootTime(0));
  REQUIRE_THAT(lease, IsOk());
  REQUIRE(lease->routes_size() == 2);
  CHECK(lease->routes(0).destination().prefix_length() == 0);
  CHECK(Ipv4Of(lease->routes(0).gateway().ip()) == 0x0a090001);
  CHECK(Ipv4Of(lease->routes(1).destination().ip()) == 0xc0a80700);
  CHECK_FALSE(lease->routes(1).has_gateway());
}

TEST_CASE("search list: names share their ends; circles end the list") {
  // RFC 3397's example: eng.apple.com., marketing.apple.com.
  const std::string shared(
      "\x03"
      "eng\x05"
      "apple\x03"
      "com\0\x09"
      "marketing\xc0\x04",
      27);
  CHECK(ParseSearchList(shared) ==
        std::vector<std::string>{"eng.apple.com", "marketing.apple.com"});
  CHECK(ParseSearchList(std::string("\xc0\x00", 2)).empty());
  CHECK(ParseSearchList(std::string("\x01"
                                    "a\xc0\x00",
                                    4))
            .empty());
  CHECK(ParseSearchList(std::string("\x3f"
                                    "abc",
                                    4))
            .empty());
  CHECK(ParseSearchList(std::string("\x03"
                                    "a b\0",
                                    5))
            .empty());
}

}  // namespace ichor::networkd
