#include "networkd/dhcp/ipv4.h"

#include <bit>
#include <format>

namespace ichor::networkd {

std::string Ipv4Text(Ipv4 address) {
  return std::format("{}.{}.{}.{}", address >> 24U, (address >> 16U) & 0xffU,
                     (address >> 8U) & 0xffU, address & 0xffU);
}

std::string Ipv4Bytes(Ipv4 address) {
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes.push_back(static_cast<char>((address >> shift) & 0xffU));
  }
  return bytes;
}

Ipv4 Ipv4Of(std::string_view bytes) {
  if (bytes.size() != 4) {
    return 0;
  }
  Ipv4 address = 0;
  for (const char byte : bytes) {
    address = address << 8U | static_cast<std::uint8_t>(byte);
  }
  return address;
}

common::NetIP ToNetIP(Ipv4 address) {
  common::NetIP ip;
  ip.set_ip(Ipv4Bytes(address));
  return ip;
}

common::NetIPPrefix ToPrefix(Ipv4 address, std::uint32_t prefix_length) {
  common::NetIPPrefix prefix;
  prefix.set_ip(Ipv4Bytes(address));
  prefix.set_prefix_length(static_cast<std::int32_t>(prefix_length));
  return prefix;
}

bool IsHostAddress(Ipv4 address) {
  constexpr Ipv4 kLoopback = 127;
  constexpr Ipv4 kMulticast = 224;
  const Ipv4 first = address >> 24U;
  return first != 0 && first != kLoopback && first < kMulticast;
}

Ipv4 MaskOf(std::uint32_t prefix_length) {
  return prefix_length == 0 ? 0 : ~Ipv4{0} << (32U - prefix_length);
}

std::optional<std::uint32_t> PrefixLengthOf(Ipv4 mask) {
  const auto length = static_cast<std::uint32_t>(std::countl_one(mask));
  return mask == MaskOf(length) ? std::optional(length) : std::nullopt;
}

}  // namespace ichor::networkd
