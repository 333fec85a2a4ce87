// DHCP messages as bytes (RFC 2131, 2132, 3396), and the IPv4 packets they travel in.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "networkd/dhcp/ipv4.h"

namespace ichor::networkd {

constexpr std::uint16_t kDhcpServerPort = 67;
constexpr std::uint16_t kDhcpClientPort = 68;

// RFC 2132, 3397, 3442.
enum class DhcpOption : std::uint8_t {
  kSubnetMask = 1,
  kRouters = 3,
  kDnsServers = 6,
  kHostname = 12,
  kDomainName = 15,
  kMtu = 26,
  kNtpServers = 42,
  kRequestedAddress = 50,
  kLeaseTime = 51,
  kOverload = 52,
  kMessageType = 53,
  kServerId = 54,
  kParameters = 55,
  kMessage = 56,
  kMaxSize = 57,
  kRenewalTime = 58,
  kRebindingTime = 59,
  kClientId = 61,
  kDomainSearch = 119,
  kClasslessRoutes = 121,
};

enum class DhcpType : std::uint8_t {
  kNone = 0,
  kDiscover = 1,
  kOffer = 2,
  kRequest = 3,
  kDecline = 4,
  kAck = 5,
  kNak = 6,
  kRelease = 7,
};

struct DhcpMessage {
  bool reply = false;  // from a server
  std::uint32_t transaction = 0;
  std::uint16_t seconds = 0;
  bool broadcast = false;
  Ipv4 client_address = 0;  // ciaddr
  Ipv4 your_address = 0;    // yiaddr
  std::string hardware_address;
  // Parts of a long option are put together; pad and end are not in here.
  std::map<DhcpOption, std::string> options;

  DhcpType type() const;
  // The option's bytes; empty if there is no such option.
  std::string_view option(DhcpOption code) const;
};

// InvalidArgument says what is wrong: too short or too long, no magic cookie, an option that runs
// past the end.
absl::StatusOr<DhcpMessage> ParseDhcp(std::string_view bytes);
// At least 300 bytes, as old relays want. Options longer than 255 bytes are split.
std::string EncodeDhcp(const DhcpMessage& message);

// The UDP payload of an IPv4 packet to the client's port from the server's. InvalidArgument for
// anything else, and for lengths that contradict each other. The UDP checksum is not looked at: on
// the same host it is not filled in.
absl::StatusOr<std::string_view> UdpPayload(std::string_view packet);
// An IPv4 packet from the client's port to the server's.
std::string UdpPacket(Ipv4 from, Ipv4 to, std::string_view payload);

}  // namespace ichor::networkd
