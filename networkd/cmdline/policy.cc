#include "networkd/cmdline/policy.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "networkd/address/policy.h"
#include "networkd/cmdline/arguments.h"
#include "networkd/link/policy.h"
#include "networkd/route/policy.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;

constexpr std::size_t kV4Bytes = 4;
constexpr std::uint32_t kDefaultMetric = 1024;

enums::NethelpersFamily FamilyOf(const std::string& bytes) {
  return bytes.size() == kV4Bytes ? enums::FAMILY_INET4 : enums::FAMILY_INET6;
}

bool InSubnet(const common::NetIPPrefix& prefix, const common::NetIP& address) {
  for (std::int32_t bit = 0; bit < prefix.prefix_length(); ++bit) {
    const auto at = static_cast<std::size_t>(bit) / 8;
    const auto mask = static_cast<char>(0x80U >> (static_cast<unsigned>(bit) % 8));
    if ((prefix.ip()[at] & mask) != (address.ip()[at] & mask)) {
      return false;
    }
  }
  return true;
}

std::string FirstLink(const Links& links) {
  for (const auto& link : links) {  // sorted by name
    if (link.spec().type() != enums::LINK_LOOPBCK) {
      return link.id();
    }
  }
  return "";
}

class Builder {
 public:
  explicit Builder(const Links& links) : observed_(links) {}

  network::LinkSpec::Spec& AddLink(const std::string& name) {
    network::LinkSpec::Spec& spec = links_["cmdline/" + name];
    spec.set_name(name);
    spec.set_up(true);
    spec.set_config_layer(enums::CONFIG_CMDLINE);
    return spec;
  }

  void AddBond(const BondArgument& argument) {
    network::LinkSpec::Spec& bond = AddMade(argument.name, "bond");
    *bond.mutable_bond_master() = argument.settings;
    bond.set_mtu(argument.mtu);
    std::int64_t place = 0;
    for (const std::string& member : argument.members) {
      network::LinkSpec::Spec& link = AddLink(NameOf(member));
      link.mutable_bond_slave()->set_master_name(argument.name);
      link.mutable_bond_slave()->set_slave_index(place++);
    }
  }

  void AddVlan(const VlanArgument& argument) {
    network::LinkSpec::Spec& vlan = AddMade(argument.name, "vlan");
    vlan.set_parent_name(NameOf(argument.parent));
    vlan.mutable_vlan()->set_vid(argument.id);
    vlan.mutable_vlan()->set_protocol(enums::VLAN_PROTOCOL8021_Q);
    AddLink(NameOf(argument.parent));
  }

  void AddAddress(const std::string& link, const IpArgument& argument) {
    network::AddressSpec::Spec spec;
    *spec.mutable_address() = argument.address;
    spec.set_link_name(link);
    spec.set_family(FamilyOf(argument.address.ip()));
    spec.set_scope(enums::SCOPE_GLOBAL);
    spec.set_config_layer(enums::CONFIG_CMDLINE);
    addresses_.insert_or_assign("cmdline/" + AddressId(spec), std::move(spec));
  }

  void AddGateway(const std::string& link, const IpArgument& argument) {
    network::RouteSpec::Spec spec;
    spec.set_family(FamilyOf(argument.gateway.ip()));
    spec.set_out_link_name(link);
    spec.set_table(enums::TABLE_MAIN);
    spec.set_priority(kDefaultMetric);
    spec.set_type(enums::TYPE_UNICAST);
    spec.set_protocol(enums::PROTOCOL_BOOT);
    spec.set_config_layer(enums::CONFIG_CMDLINE);
    if (!InSubnet(argument.address, argument.gateway)) {
      network::RouteSpec::Spec direct = spec;
      direct.set_scope(enums::SCOPE_LINK);
      direct.mutable_destination()->set_ip(argument.gateway.ip());
      direct.mutable_destination()->set_prefix_length(
          static_cast<std::int32_t>(argument.gateway.ip().size()) * 8);
      routes_.insert_or_assign("cmdline/" + RouteId(direct), std::move(direct));
    }
    *spec.mutable_gateway() = argument.gateway;
    routes_.insert_or_assign("cmdline/" + RouteId(spec), std::move(spec));
  }

  void AddDhcp(const std::string& link) {
    network::OperatorSpec::Spec spec;
    spec.set_operator_(enums::OPERATOR_DHCP4);
    spec.set_link_name(link);
    spec.set_require_up(true);
    spec.mutable_dhcp4()->set_route_metric(kDefaultMetric);
    spec.mutable_dhcp4()->mutable_client_identifier()->set_client_identifier(
        enums::CLIENT_IDENTIFIER_MAC);
    spec.set_config_layer(enums::CONFIG_CMDLINE);
    operators_.insert_or_assign("cmdline/" + OperatorId(spec), std::move(spec));
  }

  void AddNames(const IpArgument& argument) {
    for (const common::NetIP& server : argument.name_servers) {
      *resolvers_.add_dns_servers() = server;
      *resolvers_.add_name_servers()->mutable_addr() = server;
    }
    if (!argument.time_server.empty()) {
      time_servers_.add_ntp_servers(argument.time_server);
    }
    if (hostname_.empty()) {
      hostname_ = argument.hostname;
    }
  }

  CmdlineWishes Finish(const std::string& hostname) && {
    CmdlineWishes wishes;
    auto& [addresses, links, routes, resolvers, time_servers, hostnames, operators] = wishes;
    AddAll(addresses_, addresses);
    AddAll(links_, links);
    AddAll(routes_, routes);
    AddAll(operators_, operators);
    if (resolvers_.dns_servers_size() > 0) {
      resolvers_.set_config_layer(enums::CONFIG_CMDLINE);
      resolvers.Add("cmdline/resolvers", std::move(resolvers_));
    }
    if (time_servers_.ntp_servers_size() > 0) {
      time_servers_.set_config_layer(enums::CONFIG_CMDLINE);
      time_servers.Add("cmdline/timeservers", std::move(time_servers_));
    }
    const std::string& name = hostname.empty() ? hostname_ : hostname;
    if (!name.empty()) {
      network::HostnameSpec::Spec spec;
      const std::size_t dot = name.find('.');
      spec.set_hostname(name.substr(0, dot));
      spec.set_domainname(dot == std::string::npos ? "" : name.substr(dot + 1));
      spec.set_config_layer(enums::CONFIG_CMDLINE);
      hostnames.Add("cmdline/hostname", std::move(spec));
    }
    return wishes;
  }

 private:
  network::LinkSpec::Spec& AddMade(const std::string& name, const std::string& kind) {
    network::LinkSpec::Spec& spec = AddLink(name);
    spec.set_logical(true);
    spec.set_kind(kind);
    spec.set_type(enums::LINK_ETHER);
    return spec;
  }

  // As the kernel calls it, if it is there.
  std::string NameOf(const std::string& name) const {
    const std::optional<ResolvedLink> link = ResolveLink(observed_, name);
    return link.has_value() ? link->name : name;
  }

  template <class Spec, class T>
  static void AddAll(std::map<std::string, Spec>& from, Desired<T>& to) {
    for (auto& [id, spec] : from) {
      to.Add(id, std::move(spec));
    }
  }

  const Links& observed_;
  std::map<std::string, network::AddressSpec::Spec> addresses_;
  std::map<std::string, network::LinkSpec::Spec> links_;
  std::map<std::string, network::RouteSpec::Spec> routes_;
  std::map<std::string, network::OperatorSpec::Spec> operators_;
  network::ResolverSpec::Spec resolvers_;
  network::TimeServerSpec::Spec time_servers_;
  std::string hostname_;
};

}  // namespace

absl::StatusOr<CmdlineWishes> CmdlineNetwork(const All<runtime::KernelCmdline>& cmdline,
                                             const All<network::LinkStatus>& links) {
  Builder builder(links);
  const NetworkArguments arguments =
      ParseNetworkArguments(cmdline.empty() ? "" : cmdline.front().spec().cmdline());
  for (const BondArgument& argument : arguments.bonds) {
    builder.AddBond(argument);
  }
  for (const VlanArgument& argument : arguments.vlans) {
    builder.AddVlan(argument);
  }
  for (const IpArgument& argument : arguments.ip) {
    builder.AddNames(argument);
    const std::string link = argument.device.empty() ? FirstLink(links) : argument.device;
    const bool address = !argument.address.ip().empty();
    if (link.empty() || (!address && !argument.dhcp)) {
      continue;
    }
    builder.AddLink(link);
    if (address) {
      builder.AddAddress(link, argument);
    }
    if (!argument.gateway.ip().empty()) {
      builder.AddGateway(link, argument);
    }
    if (argument.dhcp) {
      builder.AddDhcp(link);
    }
  }
  return std::move(builder).Finish(arguments.hostname);
}

}  // namespace ichor::networkd
