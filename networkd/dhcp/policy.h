// What leases mean for the rest of the network, and on which links DHCP runs.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "ichor/resource.resources.h"
#include "lib/runtime/rows.h"
#include "networkd/layers.h"
#include "networkd/link/names.h"

namespace ichor::networkd {

using DhcpWishes =
    std::tuple<Desired<Wished<network::AddressSpec>>, Desired<Wished<network::LinkSpec>>,
               Desired<Wished<network::RouteSpec>>, Desired<Wished<network::ResolverSpec>>,
               Desired<Wished<network::TimeServerSpec>>, Desired<Wished<network::HostnameSpec>>>;

// Layer operator: address, MTU, routes, name servers, time servers and hostname of each lease. Ids:
// "dhcp4/<link>/<id>". Classless routes replace the routers; a gateway outside the subnet gets a
// route of its own on the link.
absl::StatusOr<DhcpWishes> LeaseWishes(const All<network::DHCPLease>& leases);

// The operators that are DHCPv4, by the name of their link; of those whose link is there.
struct DhcpWanted {
  std::uint32_t link = 0;
  std::string hardware_address;
  bool carrier = false;
  std::string client_id;
  bool ask_hostname = true;
  bool ask_routes = true;
  std::uint32_t route_metric = 0;
};
std::map<std::string, DhcpWanted> WantedDhcp(const All<network::OperatorSpec>& operators,
                                             const Links& links);

}  // namespace ichor::networkd
