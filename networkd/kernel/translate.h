// What the kernel says, as resources.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lib/sys/netlink.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

// `name_of` gives the name of a link by its index.
network::LinkStatus::Spec ToStatus(const sys::NetLink& link,
                                   const std::function<std::string(std::uint32_t)>& name_of);
// `link_name` is the name of its link.
network::AddressStatus::Spec ToStatus(const sys::NetAddress& address, const std::string& link_name);
network::RouteStatus::Spec ToStatus(const sys::NetRoute& route, const std::string& link_name);

// "eth0/10.0.0.5/24"
std::string IdOf(const network::AddressStatus::Spec& address);
// As RouteId of networkd/route/policy.h.
std::string IdOf(const network::RouteStatus::Spec& route);

}  // namespace ichor::networkd
