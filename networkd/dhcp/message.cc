#include "networkd/dhcp/message.h"

#include <algorithm>
#include <format>

#include "lib/base/status.h"

namespace ichor::networkd {
namespace {

constexpr std::size_t kSnameAt = 44;
constexpr std::size_t kSnameBytes = 64;
constexpr std::size_t kFileAt = 108;
constexpr std::size_t kFileBytes = 128;
constexpr std::size_t kCookieAt = 236;
constexpr std::size_t kOptionsAt = 240;
constexpr std::size_t kMinBytes = 300;
constexpr std::size_t kMaxBytes = 4096;
constexpr std::size_t kMaxOptionBytes = 255;
constexpr std::string_view kCookie("\x63\x82\x53\x63", 4);
constexpr std::uint8_t kPad = 0;
constexpr std::uint8_t kEnd = 255;
constexpr std::uint16_t kBroadcastFlag = 0x8000;
constexpr std::size_t kIpBytes = 20;
constexpr std::size_t kUdpBytes = 8;
constexpr std::uint8_t kUdp = 17;

std::uint8_t U8(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}
std::uint16_t U16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(U8(bytes, at) << 8U | U8(bytes, at + 1));
}
void Put16(std::string& bytes, std::size_t value) {
  bytes.push_back(static_cast<char>((value >> 8U) & 0xffU));
  bytes.push_back(static_cast<char>(value & 0xffU));
}

// RFC 1071
std::uint16_t Checksum(std::string_view bytes) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    sum += U16(bytes, at);
  }
  if (bytes.size() % 2 != 0) {
    sum += static_cast<std::uint32_t>(U8(bytes, bytes.size() - 1)) << 8U;
  }
  while (sum > 0xffffU) {
    sum = (sum & 0xffffU) + (sum >> 16U);
  }
  return static_cast<std::uint16_t>(~sum);
}

absl::Status ParseOptions(std::string_view bytes, std::map<DhcpOption, std::string>& options) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::uint8_t code = U8(bytes, at++);
    if (code == kPad) {
      continue;
    }
    if (code == kEnd) {
      break;
    }
    if (at == bytes.size() || U8(bytes, at) > bytes.size() - at - 1) {
      return absl::InvalidArgumentError(
          std::format("DHCP message: option {} runs past the end", code));
    }
    const std::size_t size = U8(bytes, at++);
    options[static_cast<DhcpOption>(code)] += bytes.substr(at, size);
    at += size;
  }
  return absl::OkStatus();
}

void PutOptions(std::string& bytes, const std::map<DhcpOption, std::string>& options) {
  for (const auto& [code, value] : options) {
    std::string_view rest = value;
    do {
      const std::string_view part = rest.substr(0, kMaxOptionBytes);
      bytes.push_back(static_cast<char>(code));
      bytes.push_back(static_cast<char>(part.size()));
      bytes += part;
      rest.remove_prefix(part.size());
    } while (!rest.empty());
  }
  bytes.push_back(static_cast<char>(kEnd));
}

}  // namespace

DhcpType DhcpMessage::type() const {
  const std::string_view value = option(DhcpOption::kMessageType);
  return value.size() == 1 ? static_cast<DhcpType>(value[0]) : DhcpType::kNone;
}

std::string_view DhcpMessage::option(DhcpOption code) const {
  const auto found = options.find(code);
  return found == options.end() ? std::string_view() : found->second;
}

absl::StatusOr<DhcpMessage> ParseDhcp(std::string_view bytes) {
  if (bytes.size() < kOptionsAt || bytes.size() > kMaxBytes) {
    return absl::InvalidArgumentError(std::format("DHCP message: {} bytes, expected {} to {}",
                                                  bytes.size(), kOptionsAt, kMaxBytes));
  }
  if (bytes.substr(kCookieAt, kCookie.size()) != kCookie) {
    return absl::InvalidArgumentError("DHCP message: no magic cookie");
  }
  DhcpMessage message;
  message.reply = U8(bytes, 0) == 2;
  message.transaction = Ipv4Of(bytes.substr(4, 4));
  message.seconds = U16(bytes, 8);
  message.broadcast = (U16(bytes, 10) & kBroadcastFlag) != 0;
  message.client_address = Ipv4Of(bytes.substr(12, 4));
  message.your_address = Ipv4Of(bytes.substr(16, 4));
  message.hardware_address = bytes.substr(28, std::min<std::size_t>(U8(bytes, 2), 16));
  RETURN_IF_ERROR(ParseOptions(bytes.substr(kOptionsAt), message.options));
  const std::string_view overload = message.option(DhcpOption::kOverload);
  const unsigned fields = overload.size() == 1 ? U8(overload, 0) : 0;
  if ((fields & 1U) != 0) {
    RETURN_IF_ERROR(ParseOptions(bytes.substr(kFileAt, kFileBytes), message.options));
  }
  if ((fields & 2U) != 0) {
    RETURN_IF_ERROR(ParseOptions(bytes.substr(kSnameAt, kSnameBytes), message.options));
  }
  return message;
}

std::string EncodeDhcp(const DhcpMessage& message) {
  std::string bytes;
  bytes.push_back(message.reply ? 2 : 1);
  bytes.push_back(1);  // Ethernet
  bytes.push_back(static_cast<char>(message.hardware_address.size()));
  bytes.push_back(0);  // hops
  bytes += Ipv4Bytes(message.transaction);
  Put16(bytes, message.seconds);
  Put16(bytes, message.broadcast ? kBroadcastFlag : 0);
  bytes += Ipv4Bytes(message.client_address);
  bytes += Ipv4Bytes(message.your_address);
  bytes.append(8, '\0');  // siaddr, giaddr
  bytes += message.hardware_address.substr(0, 16);
  bytes.resize(kCookieAt, '\0');
  bytes += kCookie;
  PutOptions(bytes, message.options);
  bytes.resize(std::max(bytes.size(), kMinBytes), '\0');
  return bytes;
}

absl::StatusOr<std::string_view> UdpPayload(std::string_view packet) {
  const auto wrong = [] {
    return absl::InvalidArgumentError("no IPv4 packet to the DHCP client's port");
  };
  if (packet.size() < kIpBytes || U8(packet, 0) >> 4U != 4) {
    return wrong();
  }
  const std::size_t header = (U8(packet, 0) & 0xfU) * std::size_t{4};
  const std::size_t total = U16(packet, 2);
  const bool fragment = (U16(packet, 6) & 0x3fffU) != 0;
  if (header < kIpBytes || total > packet.size() || total < header + kUdpBytes || fragment ||
      U8(packet, 9) != kUdp || Checksum(packet.substr(0, header)) != 0) {
    return wrong();
  }
  const std::string_view udp = packet.substr(header, total - header);
  const std::size_t udp_size = U16(udp, 4);
  if (U16(udp, 0) != kDhcpServerPort || U16(udp, 2) != kDhcpClientPort || udp_size < kUdpBytes ||
      udp_size > udp.size()) {
    return wrong();
  }
  return udp.substr(kUdpBytes, udp_size - kUdpBytes);
}

std::string UdpPacket(Ipv4 from, Ipv4 to, std::string_view payload) {
  const std::size_t udp_size = kUdpBytes + payload.size();
  std::string ip("\x45\x10", 2);  // version, header of five words; low delay
  Put16(ip, kIpBytes + udp_size);
  ip += std::string("\0\0\x40\0\x40\x11\0\0", 8);  // do not fragment, 64 hops, UDP
  ip += Ipv4Bytes(from) + Ipv4Bytes(to);
  const std::uint16_t ip_sum = Checksum(ip);
  ip[10] = static_cast<char>(ip_sum >> 8U);
  ip[11] = static_cast<char>(ip_sum & 0xffU);

  std::string udp;
  Put16(udp, kDhcpClientPort);
  Put16(udp, kDhcpServerPort);
  Put16(udp, udp_size);
  std::string pseudo = Ipv4Bytes(from) + Ipv4Bytes(to) + std::string("\0\x11", 2);
  Put16(pseudo, udp_size);
  const std::uint16_t udp_sum =
      Checksum(pseudo + udp + std::string(2, '\0') + std::string(payload));
  Put16(udp, udp_sum == 0 ? 0xffffU : udp_sum);
  return ip + udp + std::string(payload);
}

}  // namespace ichor::networkd
