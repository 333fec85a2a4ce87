#include "networkd/kernel/translate.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <format>
#include <variant>

#include "lib/resource/address_text.h"
#include "networkd/link/bond.h"
#include "networkd/route/policy.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;

common::NetIP ToNetIP(const std::string& bytes) {
  common::NetIP ip;
  ip.set_ip(bytes);
  return ip;
}

enums::NethelpersFamily FamilyOf(bool v4) {
  return v4 ? enums::FAMILY_INET4 : enums::FAMILY_INET6;
}

void SetSettings(const sys::NetLink& link, const std::function<std::string(std::uint32_t)>& name_of,
                 network::LinkStatus::Spec& spec) {
  if (const auto* const vlan = std::get_if<sys::VlanSettings>(&link.settings)) {
    spec.mutable_vlan()->set_vid(vlan->id);
    spec.mutable_vlan()->set_protocol(static_cast<enums::NethelpersVLANProtocol>(vlan->protocol));
  } else if (const auto* const bridge = std::get_if<sys::BridgeSettings>(&link.settings)) {
    spec.mutable_bridge_master()->mutable_stp()->set_enabled(bridge->spanning_tree);
    spec.mutable_bridge_master()->mutable_vlan()->set_filtering_enabled(bridge->vlan_filtering);
  } else if (const auto* const bond = std::get_if<sys::BondSettings>(&link.settings)) {
    *spec.mutable_bond_master() = BondStatus(*bond, name_of);
  }
}

}  // namespace

network::LinkStatus::Spec ToStatus(const sys::NetLink& link,
                                   const std::function<std::string(std::uint32_t)>& name_of) {
  network::LinkStatus::Spec spec;
  spec.set_alias(link.alias);
  spec.mutable_alt_names()->Assign(link.alternative_names.begin(), link.alternative_names.end());
  spec.set_index(link.index);
  spec.set_type(static_cast<enums::NethelpersLinkType>(link.type));
  spec.set_link_index(link.lower);
  spec.set_flags(link.flags);
  spec.set_hardware_addr(link.hardware_address);
  spec.set_permanent_addr(link.permanent_address);
  spec.set_broadcast_addr(link.broadcast_address);
  spec.set_mtu(link.mtu);
  spec.set_queue_disc(link.queue_discipline);
  spec.set_master_index(link.master);
  spec.set_operational_state(
      static_cast<enums::NethelpersOperationalState>(link.operational_state));
  spec.set_kind(link.kind);
  spec.set_slave_kind(link.slave_kind);
  spec.set_bus_path(link.bus_path);
  spec.set_link_state(link.carrier);
  spec.set_port(enums::OTHER);
  spec.set_duplex(enums::UNKNOWN);
  SetSettings(link, name_of, spec);
  return spec;
}

network::AddressStatus::Spec ToStatus(const sys::NetAddress& address,
                                      const std::string& link_name) {
  network::AddressStatus::Spec spec;
  const bool v4 = address.address.size() == 4;
  spec.mutable_address()->set_ip(v4 && !address.local.empty() ? address.local : address.address);
  spec.mutable_address()->set_prefix_length(address.prefix_length);
  if (!address.local.empty()) {
    *spec.mutable_local() = ToNetIP(address.local);
  }
  if (!address.broadcast.empty()) {
    *spec.mutable_broadcast() = ToNetIP(address.broadcast);
  }
  spec.set_link_index(address.link);
  spec.set_link_name(link_name);
  spec.set_family(FamilyOf(v4));
  spec.set_scope(static_cast<enums::NethelpersScope>(address.scope));
  spec.set_flags(address.flags);
  spec.set_priority(address.priority);
  return spec;
}

network::RouteStatus::Spec ToStatus(const sys::NetRoute& route, const std::string& link_name) {
  network::RouteStatus::Spec spec;
  spec.set_family(FamilyOf(route.family == AF_INET));
  if (route.prefix_length > 0) {
    spec.mutable_destination()->set_ip(route.destination);
    spec.mutable_destination()->set_prefix_length(route.prefix_length);
  }
  spec.mutable_source()->set_ip(route.source);
  spec.mutable_gateway()->set_ip(route.gateway);
  spec.set_out_link_index(route.link);
  spec.set_out_link_name(link_name);
  spec.set_table(static_cast<enums::NethelpersRoutingTable>(route.table));
  spec.set_priority(route.priority);
  spec.set_scope(static_cast<enums::NethelpersScope>(route.scope));
  spec.set_type(static_cast<enums::NethelpersRouteType>(route.type));
  spec.set_flags(route.flags);
  spec.set_protocol(static_cast<enums::NethelpersRouteProtocol>(route.protocol));
  spec.set_mtu(route.mtu);
  return spec;
}

std::string IdOf(const network::AddressStatus::Spec& address) {
  return std::format("{}/{}", address.link_name(), ToText(address.address()));
}

std::string IdOf(const network::RouteStatus::Spec& route) {
  network::RouteSpec::Spec spec;
  spec.set_family(route.family());
  *spec.mutable_destination() = route.destination();
  *spec.mutable_gateway() = route.gateway();
  spec.set_out_link_name(route.out_link_name());
  spec.set_table(route.table());
  spec.set_priority(route.priority());
  return RouteId(spec);
}

}  // namespace ichor::networkd
