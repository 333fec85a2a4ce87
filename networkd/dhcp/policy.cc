#include "networkd/dhcp/policy.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "networkd/address/policy.h"
#include "networkd/dhcp/ipv4.h"
#include "networkd/link/policy.h"
#include "networkd/route/policy.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;
using LeaseSpec = network::DHCPLease::Spec;

constexpr std::size_t kEthernetBytes = 6;
constexpr char kEthernet = 1;

std::string IdOf(const LeaseSpec& lease, const std::string& id) {
  return "dhcp4/" + lease.link_name() + "/" + id;
}

void AddAddress(const LeaseSpec& lease, Desired<Wished<network::AddressSpec>>& rows) {
  network::AddressSpec::Spec spec;
  *spec.mutable_address() = lease.address();
  spec.set_link_name(lease.link_name());
  spec.set_family(enums::FAMILY_INET4);
  spec.set_scope(enums::SCOPE_GLOBAL);
  spec.set_priority(lease.route_metric());
  spec.set_config_layer(enums::CONFIG_OPERATOR);
  std::string id = IdOf(lease, AddressId(spec));
  rows.Add(std::move(id), std::move(spec));
}

void AddLink(const LeaseSpec& lease, Desired<Wished<network::LinkSpec>>& rows) {
  if (lease.mtu() == 0) {
    return;
  }
  network::LinkSpec::Spec spec;
  spec.set_name(lease.link_name());
  spec.set_up(true);
  spec.set_mtu(lease.mtu());
  spec.set_config_layer(enums::CONFIG_OPERATOR);
  rows.Add(IdOf(lease, lease.link_name()), std::move(spec));
}

network::RouteSpec::Spec Route(const LeaseSpec& lease) {
  network::RouteSpec::Spec spec;
  spec.set_family(enums::FAMILY_INET4);
  spec.mutable_source()->set_ip(lease.address().ip());
  spec.set_out_link_name(lease.link_name());
  spec.set_table(enums::TABLE_MAIN);
  spec.set_priority(lease.route_metric());
  spec.set_scope(enums::SCOPE_GLOBAL);
  spec.set_type(enums::TYPE_UNICAST);
  spec.set_protocol(enums::PROTOCOL_BOOT);
  spec.set_config_layer(enums::CONFIG_OPERATOR);
  return spec;
}

class LeaseRoutes {
 public:
  LeaseRoutes(const LeaseSpec& lease, Desired<Wished<network::RouteSpec>>& rows)
      : lease_(lease), rows_(rows) {}

  void Add(const common::NetIPPrefix& destination, const common::NetIP& gateway) {
    network::RouteSpec::Spec spec = Route(lease_);
    if (destination.prefix_length() > 0) {
      *spec.mutable_destination() = destination;
    }
    if (gateway.ip().empty()) {
      spec.set_scope(enums::SCOPE_LINK);
    } else {
      *spec.mutable_gateway() = gateway;
      AddWayTo(Ipv4Of(gateway.ip()));
    }
    AddRow(std::move(spec));
  }

 private:
  void AddWayTo(Ipv4 gateway) {
    const auto length = static_cast<std::uint32_t>(lease_.address().prefix_length());
    if (((Ipv4Of(lease_.address().ip()) ^ gateway) & MaskOf(length)) == 0) {
      return;
    }
    network::RouteSpec::Spec spec = Route(lease_);
    *spec.mutable_destination() = ToPrefix(gateway, 32);
    spec.set_scope(enums::SCOPE_LINK);
    AddRow(std::move(spec));
  }

  void AddRow(network::RouteSpec::Spec spec) {
    std::string id = IdOf(lease_, RouteId(spec));
    if (ids_.insert(id).second) {
      rows_.Add(std::move(id), std::move(spec));
    }
  }

  const LeaseSpec& lease_;
  Desired<Wished<network::RouteSpec>>& rows_;
  std::set<std::string> ids_;
};

void AddRoutes(const LeaseSpec& lease, Desired<Wished<network::RouteSpec>>& rows) {
  LeaseRoutes routes(lease, rows);
  for (const auto& route : lease.routes()) {
    routes.Add(route.destination(), route.gateway());
  }
  if (lease.routes().empty() && !lease.gateways().empty()) {
    routes.Add({}, lease.gateways(0));
  }
}

void AddResolvers(const LeaseSpec& lease, Desired<Wished<network::ResolverSpec>>& rows) {
  network::ResolverSpec::Spec spec;
  for (const common::NetIP& server : lease.dns_servers()) {
    *spec.add_dns_servers() = server;
    *spec.add_name_servers()->mutable_addr() = server;
  }
  *spec.mutable_search_domains() = lease.search_domains();
  if (spec.dns_servers().empty() && spec.search_domains().empty()) {
    return;
  }
  spec.set_config_layer(enums::CONFIG_OPERATOR);
  rows.Add(IdOf(lease, "resolvers"), std::move(spec));
}

void AddTimeServers(const LeaseSpec& lease, Desired<Wished<network::TimeServerSpec>>& rows) {
  if (lease.time_servers().empty()) {
    return;
  }
  network::TimeServerSpec::Spec spec;
  for (const common::NetIP& server : lease.time_servers()) {
    spec.add_ntp_servers(Ipv4Text(Ipv4Of(server.ip())));
  }
  spec.set_config_layer(enums::CONFIG_OPERATOR);
  rows.Add(IdOf(lease, "timeservers"), std::move(spec));
}

void AddHostname(const LeaseSpec& lease, Desired<Wished<network::HostnameSpec>>& rows) {
  if (lease.hostname().empty()) {
    return;
  }
  network::HostnameSpec::Spec spec;
  const std::size_t dot = lease.hostname().find('.');
  spec.set_hostname(lease.hostname().substr(0, dot));
  spec.set_domainname(dot == std::string::npos ? lease.domain_name()
                                               : lease.hostname().substr(dot + 1));
  spec.set_config_layer(enums::CONFIG_OPERATOR);
  rows.Add(IdOf(lease, "hostname"), std::move(spec));
}

std::string ClientId(const network::OperatorSpec::Spec& spec, const std::string& hardware_address) {
  switch (spec.dhcp4().client_identifier().client_identifier()) {
    case enums::CLIENT_IDENTIFIER_MAC:
      return std::string(1, kEthernet) + hardware_address;
    case enums::CLIENT_IDENTIFIER_DUID: {
      std::string bytes;
      return absl::HexStringToBytes(spec.dhcp4().client_identifier().duid_raw_hex(), &bytes)
                 ? bytes
                 : std::string();
    }
    default:
      return "";
  }
}

}  // namespace

absl::StatusOr<DhcpWishes> LeaseWishes(const All<network::DHCPLease>& leases) {
  DhcpWishes wishes;
  auto& [addresses, links, routes, resolvers, time_servers, hostnames] = wishes;
  for (const auto& lease : leases) {
    if (lease.spec().address().ip().empty()) {
      continue;
    }
    AddAddress(lease.spec(), addresses);
    AddLink(lease.spec(), links);
    AddRoutes(lease.spec(), routes);
    AddResolvers(lease.spec(), resolvers);
    AddTimeServers(lease.spec(), time_servers);
    AddHostname(lease.spec(), hostnames);
  }
  return wishes;
}

std::map<std::string, DhcpWanted> WantedDhcp(const All<network::OperatorSpec>& operators,
                                             const Links& links) {
  std::map<std::string, DhcpWanted> wanted;
  for (const auto& row : operators) {
    const auto& spec = row.spec();
    const std::optional<ResolvedLink> link = ResolveLink(links, spec.link_name());
    if (spec.operator_() != enums::OPERATOR_DHCP4 || !link.has_value()) {
      continue;
    }
    const auto& status = links.find(link->name)->spec();
    if (status.hardware_addr().size() != kEthernetBytes) {
      continue;
    }
    wanted[link->name] = {.link = link->index,
                          .hardware_address = status.hardware_addr(),
                          .carrier = status.link_state(),
                          .client_id = ClientId(spec, status.hardware_addr()),
                          .ask_hostname = !spec.dhcp4().skip_hostname_request(),
                          .ask_routes = !spec.dhcp4().skip_routes(),
                          .route_metric = spec.dhcp4().route_metric()};
  }
  return wanted;
}

}  // namespace ichor::networkd
