// WireGuard's settings as messages of generic netlink. Part of linux_wireguard.h.
#pragma once

#include <libmnl/libmnl.h>

#include <cstddef>
#include <optional>
#include <string_view>

#include "lib/sys/wireguard.h"

namespace ichor::sys {

// The number of the family `name`, if a message of the controller's dump is about it.
std::optional<std::uint16_t> FamilyIn(const nlmsghdr& message, std::string_view name);
// Asks the controller for all families.
void FillFamilyRequest(nlmsghdr& message);

// Asks for all that the link has.
void FillWireguardRequest(nlmsghdr& message, std::uint32_t link);
// Adds what a part of the answer says; a peer with many networks is spread over several.
void AddWireguardPart(const nlmsghdr& message, WireguardSettings& settings);

// Changes of the link itself; peers go one at a time.
void FillWireguardLink(nlmsghdr& message, std::uint32_t link, const WireguardChange& change);
void FillWireguardRemoval(nlmsghdr& message, std::uint32_t link, std::string_view public_key);

// The most networks that go into one message, and the room that it needs.
inline constexpr std::size_t kMaxNetworksOfMessage = 1000;
inline constexpr std::size_t kWireguardPeerBytes = 48 << 10;
// Sets the peer with `count` of its networks from `first` on. The first part replaces what the peer
// had, the others add their networks.
void FillWireguardPeer(nlmsghdr& message, std::uint32_t link, const WireguardPeer& peer,
                       std::size_t first, std::size_t count);

}  // namespace ichor::sys
