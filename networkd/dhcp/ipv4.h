// IPv4 addresses as numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/common.pb.h"

namespace ichor::networkd {

// In host order: 10.0.0.1 is 0x0a000001. 0 is no address.
using Ipv4 = std::uint32_t;

std::string Ipv4Text(Ipv4 address);
// Four bytes in network order.
std::string Ipv4Bytes(Ipv4 address);
// The other way round; 0 unless there are four bytes.
Ipv4 Ipv4Of(std::string_view bytes);

common::NetIP ToNetIP(Ipv4 address);
common::NetIPPrefix ToPrefix(Ipv4 address, std::uint32_t prefix_length);

// Whether a host can have this address: not 0.x, loopback, multicast, class E or broadcast.
bool IsHostAddress(Ipv4 address);
// The mask of a prefix length up to 32.
Ipv4 MaskOf(std::uint32_t prefix_length);
// The prefix length of a mask; nothing if its ones are not all in front.
std::optional<std::uint32_t> PrefixLengthOf(Ipv4 mask);

}  // namespace ichor::networkd
