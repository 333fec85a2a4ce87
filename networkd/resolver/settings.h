// What the node's own resolver shall be, and whom it asks.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/network.resources.h"
#include "ichor/resource.resources.h"
#include "networkd/layers.h"

namespace ichor::networkd {

// Where the node itself asks; where pods of each family do.
inline constexpr std::string_view kOwnDnsAddress = "127.0.0.53";
inline constexpr std::string_view kPodDnsAddress = "169.254.116.108";
inline constexpr std::string_view kPodDnsAddressV6 = "fd54:616c:6f73:0:204f:5320:444e:531";

using HostDnsRows =
    std::tuple<Desired<network::HostDNSConfig>, Desired<Wished<network::AddressSpec>>>;

// The row "config", and the addresses for pods as wishes of layer operator, on the loopback.
// Unavailable while machined has not said what the config says: all stays as it is.
absl::StatusOr<HostDnsRows> DescribeHostDns(
    const All<network::NetworkConfiguration>& configuration);

// A name server, in the order of asking.
struct DnsServer {
  std::string id;       // "#000 Do53 1.1.1.1:53"
  std::string text;     // "1.1.1.1:53"
  std::string address;  // bytes
  bool plain = true;  // by UDP; the others are not asked, since what is meant to be secret stays so
};
// Those of the row in use, without the resolver's own addresses.
std::vector<DnsServer> ServersOf(const All<network::ResolverStatus>& resolvers);

}  // namespace ichor::networkd
