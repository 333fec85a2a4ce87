#include "machined/platform/network_builder.h"

#include <format>
#include <optional>
#include <utility>
#include <vector>

#include "lib/resource/address_text.h"
#include "machined/network/parts.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;
namespace specs = talos::resource::definitions::network;

constexpr std::size_t kV4Bytes = 4;

bool IsCard(const network::LinkStatus::Spec& link) {
  return link.type() == enums::LINK_ETHER && link.kind().empty();
}

enums::NethelpersFamily FamilyOf(const std::string& bytes) {
  return bytes.size() == kV4Bytes ? enums::FAMILY_INET4 : enums::FAMILY_INET6;
}

std::string AloneInSubnet(const std::string& address) {
  if (address.empty() || address.contains('/') || address == "default") {
    return address == "default" ? "" : address;
  }
  return address + (address.contains(':') ? "/128" : "/32");
}

void Complete(specs::AddressSpecSpec& address) {
  address.set_config_layer(enums::CONFIG_PLATFORM);
  address.set_family(FamilyOf(address.address().ip()));
}

void Complete(specs::RouteSpecSpec& route) {
  route.set_config_layer(enums::CONFIG_PLATFORM);
  const bool has_gateway = !route.gateway().ip().empty();
  route.set_family(FamilyOf(has_gateway ? route.gateway().ip() : route.destination().ip()));
  if (route.table() == enums::TABLE_UNSPEC) {
    route.set_table(enums::TABLE_MAIN);
  }
  if (route.type() == enums::TYPE_UNSPEC) {
    route.set_type(enums::TYPE_UNICAST);
  }
  if (route.protocol() == enums::PROTOCOL_UNSPEC) {
    route.set_protocol(enums::PROTOCOL_STATIC);
  }
}

void Complete(specs::OperatorSpecSpec& spec) {
  spec.set_config_layer(enums::CONFIG_PLATFORM);
  if (spec.has_dhcp4() && spec.dhcp4().route_metric() == 0) {
    spec.mutable_dhcp4()->set_route_metric(kPlatformMetric);
  }
}

void Complete(specs::ResolverSpecSpec& resolvers) {
  resolvers.set_config_layer(enums::CONFIG_PLATFORM);
  if (resolvers.name_servers().empty()) {
    for (const common::NetIP& address : resolvers.dns_servers()) {
      *resolvers.add_name_servers()->mutable_addr() = address;
    }
  }
}

}  // namespace

void CompletePlatformConfig(network::PlatformConfig::Spec& config) {
  for (auto& address : *config.mutable_addresses())
    Complete(address);
  for (auto& route : *config.mutable_routes())
    Complete(route);
  for (auto& spec : *config.mutable_operators())
    Complete(spec);
  for (auto& resolvers : *config.mutable_resolvers())
    Complete(resolvers);
  for (auto& link : *config.mutable_links())
    link.set_config_layer(enums::CONFIG_PLATFORM);
  for (auto& name : *config.mutable_hostnames())
    name.set_config_layer(enums::CONFIG_PLATFORM);
  for (auto& servers : *config.mutable_time_servers())
    servers.set_config_layer(enums::CONFIG_PLATFORM);
  for (auto& probe : *config.mutable_probes())
    probe.set_config_layer(enums::CONFIG_PLATFORM);
}

void NetworkBuilder::NameCard(const std::string& name, const Fields& fields, std::string_view key) {
  const std::string text = fields.Text(key);
  if (text.empty()) {
    return;
  }
  const std::optional<std::string> address = ParseHardwareAddress(text);
  if (!address.has_value()) {
    fields.Complain(key, std::format("\"{}\" is no hardware address", text));
    return;
  }
  for (const auto& link : links_) {
    const bool has =
        link.spec().permanent_addr() == *address || link.spec().hardware_addr() == *address;
    if (has && IsCard(link.spec())) {
      names_[name] = link.id();
      return;
    }
  }
  if (!links_.empty()) {
    fields.Complain(key, std::format("no network card has the hardware address {}", text));
  }
}

std::string NetworkBuilder::NameOf(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? name : found->second;
}

NetworkBuilder::Link& NetworkBuilder::AddLink(const std::string& name, std::string_view kind) {
  Link*& link = by_name_[name];
  if (link == nullptr) {
    link = config_.add_links();
    *link = ConfiguredLink(kind);
    link->set_name(name);
  }
  return *link;
}

void NetworkBuilder::AddMembers(const std::string& master,
                                const std::vector<std::string>& members) {
  std::int64_t place = 0;
  for (const std::string& member : members) {
    specs::BondSlave& slave = *AddLink(NameOf(member)).mutable_bond_slave();
    slave.set_master_name(master);
    slave.set_slave_index(place++);
  }
}

void NetworkBuilder::AddDhcp4(const std::string& link, bool require_up) {
  specs::OperatorSpecSpec& spec = *config_.add_operators();
  spec = ConfiguredDhcp4(kPlatformMetric);
  spec.set_link_name(link);
  spec.set_require_up(require_up);
}

void NetworkBuilder::AddDhcp6(const std::string& link, std::uint32_t metric) {
  specs::OperatorSpecSpec& spec = *config_.add_operators();
  spec = ConfiguredDhcp6(metric);
  spec.set_link_name(link);
}

bool NetworkBuilder::AddAddress(const std::string& link, std::string_view text) {
  auto address = ConfiguredAddress(text);
  if (!address.has_value()) {
    return false;
  }
  address->set_link_name(link);
  *config_.add_addresses() = *std::move(address);
  return true;
}

bool NetworkBuilder::AddGateway(const std::string& link, std::string_view gateway,
                                std::uint32_t v6_metric) {
  const bool v6 = gateway.contains(':');
  return AddRoute(link, {.destination = "",
                         .gateway = std::string(gateway),
                         .metric = v6 ? v6_metric : kPlatformMetric});
}

bool NetworkBuilder::AddRoute(const std::string& link, const Route& route) {
  const std::string destination = AloneInSubnet(route.destination);
  auto spec = ConfiguredRoute({.destination = destination,
                               .gateway = route.gateway,
                               .metric = route.metric,
                               .table = route.table});
  if (!spec.has_value()) {
    return false;
  }
  if (route.on_link) {
    const std::string way = AloneInSubnet(route.gateway);
    auto direct =
        ConfiguredRoute({.destination = way, .metric = route.metric, .table = route.table});
    if (!direct.has_value()) {
      return false;
    }
    direct->set_out_link_name(link);
    *config_.add_routes() = *std::move(direct);
  }
  spec->set_out_link_name(link);
  *config_.add_routes() = *std::move(spec);
  return true;
}

bool NetworkBuilder::AddServer(std::string_view text) {
  const auto address = ParseNetIP(text);
  if (!address.has_value() || address->ip().empty()) {
    return false;
  }
  specs::ResolverSpecSpec& resolvers =
      config_.resolvers().empty() ? *config_.add_resolvers() : *config_.mutable_resolvers(0);
  *resolvers.add_dns_servers() = *address;
  *resolvers.add_name_servers()->mutable_addr() = *address;
  return true;
}

network::PlatformConfig::Spec NetworkBuilder::Take() && {
  CompletePlatformConfig(config_);
  return std::move(config_);
}

}  // namespace ichor
