// Adds the desired routes, and takes away those of ours that are no longer desired.
#pragma once

#include "ichor/resource.resources.h"
#include "lib/runtime/rows.h"
#include "lib/sys/netlink.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

// Routes without our mark are left alone: one that stands where a desired one should is an error. A
// route whose gateway is not in reach yet waits, without failing. Runs on a worker; blocks for some
// round trips.
Report<network::RouteReport> ApplyRoutes(const All<network::RouteSpec>& desired,
                                         const All<network::LinkStatus>& links,
                                         sys::Netlink& netlink);

}  // namespace ichor::networkd
