#include "networkd/dhcp/client.h"

#include <chrono>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "catch2/generators/catch_generators_range.hpp"
#include "lib/resource/address_text.h"
#include "lib/resource/time_proto.h"

namespace ichor::networkd {
namespace {

using std::chrono_literals::operator""s;

const std::string kMac("\x52\x54\0\x12\x34\x56", 6);
constexpr Ipv4 kAddress = 0x0a090005;
constexpr Ipv4 kServer = 0x0a090001;
constexpr Ipv4 kOtherServer = 0x0a090002;
constexpr Ipv4 kBroadcast = 0xffffffff;

// A client and the time.
struct Fixture {
  explicit Fixture(const LeaseSpec& remembered = {}, bool ask_routes = true)
      : client({.link_name = "eth0",
                .hardware_address = kMac,
                .ask_routes = ask_routes,
                .route_metric = 1024},
               remembered) {}

  DhcpClient::Moment Now() { return {.now = now, .random = ++random}; }

  // What the client asks last, and a server's answer to it.
  DhcpMessage AnswerTo(const DhcpSend& send, DhcpType type, Ipv4 server = kServer) const {
    DhcpMessage message{.reply = true,
                        .transaction = send.message.transaction,
                        .your_address = type == DhcpType::kNak ? 0 : kAddress,
                        .hardware_address = kMac};
    message.options[DhcpOption::kMessageType] = std::string(1, static_cast<char>(type));
    message.options[DhcpOption::kServerId] = Ipv4Bytes(server);
    message.options[DhcpOption::kLeaseTime] = Ipv4Bytes(3600);
    message.options[DhcpOption::kSubnetMask] = Ipv4Bytes(MaskOf(24));
    message.options[DhcpOption::kRouters] = Ipv4Bytes(server);
    return message;
  }

  // From nothing to a lease.
  void Bind() {
    DhcpClient::Sends sends = client.OnCarrier(true, Now());
    REQUIRE(sends.size() == 1);
    sends = client.OnMessage(AnswerTo(sends[0], DhcpType::kOffer), Now());
    REQUIRE(sends.size() == 1);
    CHECK(client.OnMessage(AnswerTo(sends[0], DhcpType::kAck), Now()).empty());
    REQUIRE(client.lease().phase() == LeaseSpec::BOUND);
  }

  // Moves the time to the next timer.
  DhcpClient::Sends Tick() {
    REQUIRE(client.next_timer().has_value());
    now = client.next_timer().value_or(now);
    return client.OnTimer(Now());
  }

  BootTime now = 100s;
  std::uint32_t random = 7;
  DhcpClient client;
};

}  // namespace

TEST_CASE("dhcp client: discover, offer, request, acknowledgement give a lease") {
  Fixture f;
  DhcpClient::Sends sends = f.client.OnCarrier(true, f.Now());
  REQUIRE(sends.size() == 1);
  CHECK(sends[0].message.type() == DhcpType::kDiscover);
  CHECK(sends[0].to == kBroadcast);
  sends = f.client.OnMessage(f.AnswerTo(sends[0], DhcpType::kOffer), f.Now());
  REQUIRE(sends.size() == 1);
  CHECK(sends[0].message.type() == DhcpType::kRequest);
  CHECK(sends[0].message.option(DhcpOption::kRequestedAddress) == Ipv4Bytes(kAddress));
  CHECK(sends[0].message.option(DhcpOption::kServerId) == Ipv4Bytes(kServer));
  CHECK(f.client.address() == 0);
  f.client.OnMessage(f.AnswerTo(sends[0], DhcpType::kAck), f.Now());
  CHECK(f.client.address() == kAddress);
  CHECK(f.client.lease().route_metric() == 1024);
  CHECK(FromProto(f.client.lease().renew_at()) == 100s + 1800s);
}

TEST_CASE("dhcp client: routes that are not wanted are not asked for, nor taken") {
  Fixture wanting;
  wanting.Bind();
  REQUIRE(wanting.client.lease().gateways_size() == 1);
  Fixture f(wanting.client.lease(), false);
  CHECK(f.client.lease().gateways().empty());
  f.client.OnCarrier(true, f.Now());
  const DhcpClient::Sends sends = f.Tick();
  REQUIRE(sends.size() == 1);
  const std::string asked = sends[0].message.options.at(DhcpOption::kParameters);
  CHECK_FALSE(asked.contains(static_cast<char>(DhcpOption::kRouters)));
  CHECK_FALSE(asked.contains(static_cast<char>(DhcpOption::kClasslessRoutes)));
  f.client.OnMessage(f.AnswerTo(sends[0], DhcpType::kAck), f.Now());
  CHECK(f.client.lease().gateways().empty());
  CHECK(f.client.lease().phase() == LeaseSpec::BOUND);
}

TEST_CASE("dhcp client: without an answer it asks again, ever more seldom") {
  Fixture f;
  f.client.OnCarrier(true, f.Now());
  BootTime before = f.now;
  for (int i = 0; i < 12; ++i) {
    const DhcpClient::Sends sends = f.Tick();
    REQUIRE(sends.size() == 1);
    CHECK(sends[0].message.type() == DhcpType::kDiscover);
    CHECK(f.now - before < 81s);
    before = f.now;
  }
  CHECK(f.client.next_timer().value_or(0s) - f.now > 40s);
}

TEST_CASE("dhcp client: answers that are not for it are ignored") {
  Fixture f;
  const DhcpClient::Sends sends = f.client.OnCarrier(true, f.Now());
  DhcpMessage offer = f.AnswerTo(sends[0], DhcpType::kOffer);
  const int what = GENERATE(range(0, 5));
  switch (what) {
    case 0:
      offer.transaction ^= 1;
      break;
    case 1:
      offer.hardware_address[5] ^= 1;
      break;
    case 2:
      offer.reply = false;
      break;
    case 3:
      offer.options[DhcpOption::kMessageType] = "\x05";  // an acknowledgement of nothing
      break;
    default:
      offer.options.erase(DhcpOption::kMessageType);
  }
  CHECK(f.client.OnMessage(offer, f.Now()).empty());
  CHECK(f.client.lease().phase() == LeaseSpec::DISCOVERING);
}

TEST_CASE("dhcp client: offers that make no sense are named and not taken") {
  Fixture f;
  const DhcpClient::Sends sends = f.client.OnCarrier(true, f.Now());
  DhcpMessage offer = f.AnswerTo(sends[0], DhcpType::kOffer);
  std::string error;
  switch (GENERATE(range(0, 5))) {
    case 0:
      offer.your_address = 0x7f000001;
      error = "server offers 127.0.0.1, which is no host address";
      break;
    case 1:
      offer.options[DhcpOption::kSubnetMask] = std::string("\xff\0\xff\0", 4);
      error = "server offers a subnet mask that is none";
      break;
    case 2:
      offer.your_address = 0x0a0900ff;
      error = "server offers 10.9.0.255/24, which is no host address";
      break;
    case 3:
      offer.options.erase(DhcpOption::kServerId);
      error = "server does not say who it is";
      break;
    default:
      offer.options.erase(DhcpOption::kLeaseTime);
      error = "server offers an address without a lease time";
  }
  CHECK(f.client.OnMessage(offer, f.Now()).empty());
  CHECK(f.client.lease().error() == error);
  CHECK(f.client.lease().phase() == LeaseSpec::DISCOVERING);
}

TEST_CASE("dhcp client: only the chosen server can acknowledge or refuse a request") {
  Fixture f;
  DhcpClient::Sends sends = f.client.OnCarrier(true, f.Now());
  sends = f.client.OnMessage(f.AnswerTo(sends[0], DhcpType::kOffer), f.Now());
  f.client.OnMessage(f.AnswerTo(sends[0], DhcpType::kAck, kOtherServer), f.Now());
  f.client.OnMessage(f.AnswerTo(sends[0], DhcpType::kNak, kOtherServer), f.Now());
  CHECK(f.client.lease().phase() == LeaseSpec::REQUESTING);
  DhcpMessage other_address = f.AnswerTo(sends[0], DhcpType::kAck);
  other_address.your_address = kAddress + 1;
  f.client.OnMessage(other_address, f.Now());
  CHECK(f.client.lease().error() ==
        "server 10.9.0.1 gives 10.9.0.6/24, but 10.9.0.5 was asked for");
  CHECK(f.client.address() == 0);
}

TEST_CASE("dhcp client: a refusal is named, and it begins again after a second") {
  Fixture f;
  DhcpClient::Sends sends = f.client.OnCarrier(true, f.Now());
  sends = f.client.OnMessage(f.AnswerTo(sends[0], DhcpType::kOffer), f.Now());
  DhcpMessage nak = f.AnswerTo(sends[0], DhcpType::kNak);
  nak.options[DhcpOption::kMessage] = "not you\x1b[2J";
  f.client.OnMessage(nak, f.Now());
  CHECK(f.client.lease().error() == "server 10.9.0.1 refuses 10.9.0.5: not you?[2J");
  CHECK(f.client.next_timer() == f.now + 1s);
  sends = f.Tick();
  REQUIRE(sends.size() == 1);
  CHECK(sends[0].message.type() == DhcpType::kDiscover);
}

TEST_CASE("dhcp client: a lease is renewed with its server, then with anybody, then given up") {
  Fixture f;
  f.Bind();
  DhcpClient::Sends sends = f.Tick();
  REQUIRE(sends.size() == 1);
  CHECK(f.client.lease().phase() == LeaseSpec::RENEWING);
  CHECK(sends[0].to == kServer);
  CHECK(sends[0].from == kAddress);
  CHECK(sends[0].message.client_address == kAddress);
  CHECK(sends[0].message.option(DhcpOption::kServerId).empty());
  bool rebound = false;
  while (f.client.address() != 0) {
    sends = f.Tick();
    rebound |= f.client.lease().phase() == LeaseSpec::REBINDING && sends[0].to == kBroadcast;
  }
  CHECK(rebound);
  CHECK(f.now == 100s + 3600s);
  CHECK(f.client.lease().error() == "the lease of 10.9.0.5 ended");
  CHECK(f.client.lease().phase() == LeaseSpec::DISCOVERING);
}

TEST_CASE("dhcp client: a renewal moves the end of the lease") {
  Fixture f;
  f.Bind();
  const DhcpClient::Sends sends = f.Tick();
  f.client.OnMessage(f.AnswerTo(sends[0], DhcpType::kAck, kOtherServer), f.Now());
  CHECK(f.client.lease().phase() == LeaseSpec::RENEWING);
  f.client.OnMessage(f.AnswerTo(sends[0], DhcpType::kAck), f.Now());
  CHECK(f.client.lease().phase() == LeaseSpec::BOUND);
  CHECK(FromProto(f.client.lease().expires_at()) == f.now + 3600s);
}

TEST_CASE("dhcp client: a conflict is declined and named, and 10 s later it asks anew") {
  Fixture f;
  f.Bind();
  const DhcpClient::Sends sends = f.client.OnConflict(std::string("\x02\0\0\0\0\x01", 6), f.Now());
  REQUIRE(sends.size() == 1);
  CHECK(sends[0].message.type() == DhcpType::kDecline);
  CHECK(sends[0].message.option(DhcpOption::kRequestedAddress) == Ipv4Bytes(kAddress));
  CHECK(sends[0].message.option(DhcpOption::kServerId) == Ipv4Bytes(kServer));
  CHECK(f.client.lease().error() == "10.9.0.5 is in use by 02:00:00:00:00:01: declined");
  CHECK(f.client.address() == 0);
  CHECK(f.client.next_timer() == f.now + 10s);
}

TEST_CASE("dhcp client: after the carrier was away it asks whether the lease still holds") {
  Fixture f;
  f.Bind();
  f.client.OnCarrier(false, f.Now());
  CHECK(f.client.address() == kAddress);
  CHECK(f.client.lease().phase() == LeaseSpec::WAITING);
  DhcpClient::Sends sends = f.client.OnCarrier(true, f.Now());
  REQUIRE(sends.size() == 1);
  CHECK(f.client.lease().phase() == LeaseSpec::CONFIRMING);
  CHECK(sends[0].message.option(DhcpOption::kRequestedAddress) == Ipv4Bytes(kAddress));
  CHECK(sends[0].message.option(DhcpOption::kServerId).empty());

  SECTION("another network's server says no") {
    f.client.OnMessage(f.AnswerTo(sends[0], DhcpType::kNak, kOtherServer), f.Now());
    CHECK(f.client.address() == 0);
  }
  SECTION("nobody answers: the lease is gone on with") {
    while (f.client.lease().phase() == LeaseSpec::CONFIRMING) {
      f.Tick();
    }
    CHECK(f.client.lease().phase() == LeaseSpec::BOUND);
    CHECK(f.now < 120s);
  }
}

TEST_CASE("dhcp client: a lease ends without carrier too") {
  Fixture f;
  f.Bind();
  f.client.OnCarrier(false, f.Now());
  CHECK(f.Tick().empty());
  CHECK(f.client.address() == 0);
  CHECK_FALSE(f.client.next_timer().has_value());
}

TEST_CASE("dhcp client: a remembered lease is gone on with, unless it has ended") {
  Fixture first;
  first.Bind();
  Fixture second(first.client.lease());
  const bool ended = GENERATE(false, true);
  second.now = ended ? 4000s : 500s;
  const DhcpClient::Sends sends = second.client.OnCarrier(true, second.Now());
  if (ended) {
    REQUIRE(sends.size() == 1);
    CHECK(sends[0].message.type() == DhcpType::kDiscover);
    CHECK(second.client.address() == 0);
  } else {
    CHECK(sends.empty());
    CHECK(second.client.lease().phase() == LeaseSpec::BOUND);
    CHECK(second.client.next_timer() == BootTime(100s + 1800s));
  }
}

}  // namespace ichor::networkd
