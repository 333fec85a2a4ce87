#include "machined/network/legacy.h"

#include <string>
#include <utility>

#include "machined/network/bonds.h"
#include "machined/network/parts.h"
#include "machined/network/wireguard.h"

namespace ichor {
namespace {

namespace v1alpha1 = config::v1alpha1;
namespace enums = talos::resource::definitions::enums;
using definitions::NetworkDevice;
using v1alpha1::LegacyInterface;

void Select(const v1alpha1::DeviceSelector& from, definitions::LinkSelector& to) {
  to.set_bus_path(from.bus_path());
  to.set_hardware_addr(from.hardware_addr());
  to.set_permanent_addr(from.permanent_addr());
  to.set_pci_id(from.pci_id());
  to.set_driver(from.driver());
  if (from.has_physical()) to.set_physical(from.physical());
}

void Name(const LegacyInterface& from, definitions::LinkReference& to) {
  if (from.interface().empty() && from.has_device_selector()) {
    Select(from.device_selector(), *to.mutable_selector());
  } else {
    to.set_name(from.interface());
  }
}

// What an interface and a VLAN on it have in common.
template <class From>
void AddCommon(const From& from, NetworkDevice& device) {
  for (const std::string& text : from.addresses()) {
    if (auto address = ConfiguredAddress(text)) *device.add_addresses() = *std::move(address);
  }
  if (auto address = ConfiguredAddress(from.cidr())) *device.add_addresses() = *std::move(address);
  for (const v1alpha1::LegacyRoute& route : from.routes()) {
    auto spec = ConfiguredRoute({.destination = route.network(),
                                 .gateway = route.gateway(),
                                 .source = route.source(),
                                 .metric = route.metric(),
                                 .mtu = route.mtu()});
    if (spec.has_value()) *device.add_routes() = *std::move(spec);
  }
  const v1alpha1::LegacyDhcpOptions& options = from.dhcp_options();
  if (!from.dhcp()) return;
  if (!options.has_ipv4() || options.ipv4()) {
    *device.add_operators() = ConfiguredDhcp4(options.route_metric());
  }
  if (options.ipv6()) {
    auto spec = ConfiguredDhcp6(options.route_metric());
    if (!options.duidv6().empty()) {
      auto& identifier = *spec.mutable_dhcp6()->mutable_client_identifier();
      identifier.set_client_identifier(enums::CLIENT_IDENTIFIER_DUID);
      identifier.set_duid_raw_hex(options.duidv6());
    }
    *device.add_operators() = std::move(spec);
  }
}

void AddMembers(const google::protobuf::RepeatedPtrField<std::string>& names,
                NetworkDevice& device) {
  for (const std::string& name : names)
    device.add_members()->set_name(name);
}

talos::resource::definitions::network::LinkSpecSpec LinkOf(const LegacyInterface& from) {
  std::string kind;
  if (from.dummy()) kind = "dummy";
  if (from.has_bridge()) kind = "bridge";
  if (from.has_bond()) kind = "bond";
  if (from.has_wireguard()) kind = "wireguard";
  auto link = ConfiguredLink(kind);
  if (from.has_bridge()) {
    const LegacyInterface::Bridge& bridge = from.bridge();
    link.mutable_bridge_master()->mutable_stp()->set_enabled(!bridge.stp().has_enabled() ||
                                                             bridge.stp().enabled());
    link.mutable_bridge_master()->mutable_vlan()->set_filtering_enabled(
        bridge.vlan().vlan_filtering());
  }
  if (from.has_bond()) *link.mutable_bond_master() = ConfiguredBond(from.bond());
  if (from.has_wireguard()) *link.mutable_wireguard() = ConfiguredWireguard(from.wireguard());
  if (from.has_bridge_port()) {
    link.mutable_bridge_slave()->set_master_name(from.bridge_port().master());
  }
  link.set_mtu(static_cast<std::uint32_t>(from.mtu()));
  return link;
}

NetworkDevice DeviceOf(const LegacyInterface& from) {
  NetworkDevice device;
  Name(from, *device.mutable_which());
  if (from.ignore()) {
    device.set_ignore(true);
    return device;
  }
  *device.mutable_link() = LinkOf(from);
  AddMembers(from.has_bond() ? from.bond().interfaces() : from.bridge().interfaces(), device);
  for (const v1alpha1::DeviceSelector& selector : from.bond().device_selectors()) {
    Select(selector, *device.add_members()->mutable_selector());
  }
  AddCommon(from, device);
  return device;
}

NetworkDevice VlanOf(const LegacyInterface& from, const LegacyInterface::Vlan& vlan) {
  NetworkDevice device;
  Name(from, *device.mutable_which());
  device.set_vlan_on_it(true);
  *device.mutable_link() = ConfiguredLink("vlan");
  device.mutable_link()->set_mtu(vlan.mtu());
  device.mutable_link()->mutable_vlan()->set_vid(vlan.vlan_id());
  device.mutable_link()->mutable_vlan()->set_protocol(enums::VLAN_PROTOCOL8021_Q);
  AddCommon(vlan, device);
  return device;
}

}  // namespace

std::vector<NetworkDevice> LegacyDevices(const v1alpha1::LegacyNetwork& network) {
  std::vector<NetworkDevice> devices;
  for (const LegacyInterface& from : network.interfaces()) {
    devices.push_back(DeviceOf(from));
    if (from.ignore()) continue;
    for (const LegacyInterface::Vlan& vlan : from.vlans())
      devices.push_back(VlanOf(from, vlan));
  }
  return devices;
}

}  // namespace ichor
