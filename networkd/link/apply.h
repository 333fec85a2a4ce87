// Brings links up or down and sets their MTU.
#pragma once

#include "ichor/resource.resources.h"
#include "lib/runtime/rows.h"
#include "lib/sys/netlink.h"
#include "lib/sys/network_settings.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

// Before a link comes up its IPv6 is set to take router advertisements although the node forwards,
// and to use addresses while they are checked for duplicates. Links that nobody desires are left
// alone. Runs on a worker; blocks for some round trips.
Report<network::LinkReport> ApplyLinks(const All<network::LinkSpec>& desired,
                                       const All<network::LinkStatus>& observed,
                                       sys::Netlink& netlink, sys::NetworkSettings& settings);

}  // namespace ichor::networkd
