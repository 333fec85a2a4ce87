// Links, addresses and routes as rtnetlink messages. Part of linux_netlink.h.
#pragma once

#include <libmnl/libmnl.h>

#include <optional>

#include "lib/sys/netlink.h"

namespace ichor::sys {

// What a message of a dump says; absent if it is not of this kind, or too short.
std::optional<NetLink> ParseLink(const nlmsghdr& message);
std::optional<NetAddress> ParseAddress(const nlmsghdr& message);
// Absent also for entries of the cache.
std::optional<NetRoute> ParseRoute(const nlmsghdr& message);

// Fill `message`, which has nothing but its header.
void FillLinkChange(nlmsghdr& message, std::uint32_t link, const LinkChange& change);
void FillAddress(nlmsghdr& message, const NetAddress& address);
void FillRoute(nlmsghdr& message, const NetRoute& route);

}  // namespace ichor::sys
