// What a server's answer means: the address and everything that comes with it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/resource.resources.h"
#include "networkd/dhcp/message.h"

namespace ichor::networkd {

using LeaseSpec = network::DHCPLease::Spec;
// Since boot.
using BootTime = std::chrono::nanoseconds;

// The lease of an offer or acknowledgement. The times count from `now`; T1 and T2 that do not fit
// the lease time become a half and seven eighths of it. Parts that make no sense (a router that is
// no host, a route that runs past the end, a name with a space in it) are left out. InvalidArgument
// if there is no usable address, mask, server or lease time.
absl::StatusOr<LeaseSpec> LeaseOf(const DhcpMessage& message, BootTime now);

// Names in the compressed form of RFC 3397, without the final dot. What runs in circles or past the
// end, or is no host name, ends the list.
std::vector<std::string> ParseSearchList(std::string_view bytes);

}  // namespace ichor::networkd
