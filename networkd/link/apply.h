// Makes links that do not come with the machine, brings links up or down and sets their MTU.
#pragma once

#include "ichor/resource.resources.h"
#include "lib/runtime/rows.h"
#include "lib/sys/netlink.h"
#include "lib/sys/network_settings.h"
#include "lib/sys/virtual_links.h"
#include "lib/sys/wireguard.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

// The kernel's doors that links need.
struct LinkDoors {
  sys::Netlink& netlink;
  sys::VirtualLinks& virtual_links;
  sys::Wireguard& wireguard;
  sys::NetworkSettings& settings;
};

// Before a link comes up its IPv6 is set to take router advertisements although the node forwards,
// and to use addresses while they are checked for duplicates. Links that nobody desires are left
// alone; see MadeLinksPlan for those that are made. Runs on a worker; blocks for some round trips.
Report<network::LinkReport> ApplyLinks(const All<network::LinkSpec>& desired,
                                       const All<network::LinkStatus>& observed,
                                       const LinkDoors& doors);

}  // namespace ichor::networkd
