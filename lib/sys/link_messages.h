// Links that are made, as rtnetlink messages. Part of linux_virtual_links.h and linux_netlink.h.
#pragma once

#include <libmnl/libmnl.h>

#include <string_view>

#include "lib/sys/virtual_links.h"

namespace ichor::sys {

// What IFLA_INFO_DATA of a link of `kind` says; nothing for null and for other kinds.
LinkSettings ParseLinkSettings(std::string_view kind, const nlattr* data);

// Fill `message`, which has nothing but its header.
void FillNewLink(nlmsghdr& message, const VirtualLink& link);
void FillSettings(nlmsghdr& message, std::uint32_t index, const VirtualLink& link);
void FillRemoval(nlmsghdr& message, std::uint32_t index);
void FillMaster(nlmsghdr& message, std::uint32_t index, std::uint32_t master);
void FillAlias(nlmsghdr& message, std::uint32_t index, std::string_view alias);

}  // namespace ichor::sys
