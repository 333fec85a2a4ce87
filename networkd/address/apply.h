// Gives links their addresses, and takes away those of ours that are no longer desired.
#pragma once

#include "ichor/resource.resources.h"
#include "lib/runtime/rows.h"
#include "lib/sys/netlink.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

// Addresses without our mark are left alone; a desired one that somebody else made is used as it
// is. A failed address stops no other. Runs on a worker; blocks for some round trips.
Report<network::AddressReport> ApplyAddresses(const All<network::AddressSpec>& desired,
                                              const All<network::LinkStatus>& links,
                                              sys::Netlink& netlink);

}  // namespace ichor::networkd
