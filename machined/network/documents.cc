#include "machined/network/documents.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "config/link.pb.h"
#include "config/network.pb.h"
#include "lib/resource/address_text.h"
#include "lib/resource/yaml_field.h"
#include "machined/network/bonds.h"
#include "machined/network/parts.h"
#include "machined/network/wireguard.h"

namespace ichor {
namespace {

namespace v1alpha1 = config::v1alpha1;
namespace enums = talos::resource::definitions::enums;
namespace network = talos::resource::definitions::network;
using definitions::NetworkDevice;

// What every document about a link has.
template <class Document>
NetworkDevice DeviceOf(const Document& document, std::string_view kind = "") {
  NetworkDevice device;
  device.mutable_which()->set_name(document.name());
  network::LinkSpecSpec& link = *device.mutable_link();
  link = ConfiguredLink(kind);
  if (document.has_up()) link.set_up(document.up());
  link.set_mtu(document.mtu());
  if (document.has_multicast()) link.set_multicast(document.multicast());
  for (const v1alpha1::LinkAddress& from : document.addresses()) {
    auto address = ConfiguredAddress(from.address());
    if (!address.has_value()) continue;
    address->set_priority(from.route_priority());
    *device.add_addresses() = *std::move(address);
  }
  for (const v1alpha1::LinkRoute& from : document.routes()) {
    auto route = ConfiguredRoute({.destination = from.destination(),
                                  .gateway = from.gateway(),
                                  .source = from.source(),
                                  .metric = from.metric(),
                                  .mtu = from.mtu(),
                                  .table = from.table()});
    if (route.has_value()) *device.add_routes() = *std::move(route);
  }
  return device;
}

template <class Document>
void AddMembers(const Document& document, NetworkDevice& device) {
  for (const std::string& name : document.links())
    device.add_members()->set_name(name);
}

NetworkDevice VlanOf(const v1alpha1::VLANConfig& document) {
  NetworkDevice device = DeviceOf(document, "vlan");
  network::LinkSpecSpec& link = *device.mutable_link();
  link.set_parent_name(document.parent());
  link.mutable_vlan()->set_vid(document.vlan_id());
  link.mutable_vlan()->set_protocol(document.vlan_mode() == "802.1ad" ? enums::VLAN_PROTOCOL8021_AD
                                                                      : enums::VLAN_PROTOCOL8021_Q);
  return device;
}

NetworkDevice BridgeOf(const v1alpha1::BridgeConfig& document) {
  NetworkDevice device = DeviceOf(document, "bridge");
  network::LinkSpecSpec& link = *device.mutable_link();
  link.set_hardware_address(ParseHardwareAddress(document.hardware_addr()).value_or(""));
  link.mutable_bridge_master()->mutable_stp()->set_enabled(document.stp().enabled());
  link.mutable_bridge_master()->mutable_vlan()->set_filtering_enabled(document.vlan().filtering());
  AddMembers(document, device);
  return device;
}

NetworkDevice BondOf(const v1alpha1::BondConfig& document) {
  NetworkDevice device = DeviceOf(document, "bond");
  network::LinkSpecSpec& link = *device.mutable_link();
  link.set_hardware_address(ParseHardwareAddress(document.hardware_addr()).value_or(""));
  *link.mutable_bond_master() = ConfiguredBond(document);
  AddMembers(document, device);
  return device;
}

NetworkDevice WireguardOf(const v1alpha1::WireguardConfig& document) {
  NetworkDevice device = DeviceOf(document, "wireguard");
  *device.mutable_link()->mutable_wireguard() = ConfiguredWireguard(document);
  return device;
}

NetworkDevice DummyOf(const v1alpha1::DummyLinkConfig& document) {
  NetworkDevice device = DeviceOf(document, "dummy");
  device.mutable_link()->set_hardware_address(
      ParseHardwareAddress(document.hardware_addr()).value_or(""));
  return device;
}

enums::NethelpersClientIdentifier Identifier(std::string_view word) {
  if (word == "none") return enums::CLIENT_IDENTIFIER_NONE;
  return word == "duid" ? enums::CLIENT_IDENTIFIER_DUID : enums::CLIENT_IDENTIFIER_MAC;
}

NetworkDevice DhcpOf(const v1alpha1::DHCPv4Config& document) {
  NetworkDevice device;
  device.mutable_which()->set_name(document.name());
  network::OperatorSpecSpec& spec = *device.add_operators();
  spec = ConfiguredDhcp4(document.route_metric());
  network::DHCP4OperatorSpec& dhcp = *spec.mutable_dhcp4();
  dhcp.set_skip_hostname_request(document.ignore_hostname());
  dhcp.set_skip_routes(document.ignore_routes());
  dhcp.mutable_client_identifier()->set_client_identifier(Identifier(document.client_identifier()));
  dhcp.mutable_client_identifier()->set_duid_raw_hex(document.duid_raw());
  return device;
}

NetworkDevice DhcpOf(const v1alpha1::DHCPv6Config& document) {
  NetworkDevice device;
  device.mutable_which()->set_name(document.name());
  network::OperatorSpecSpec& spec = *device.add_operators();
  spec = ConfiguredDhcp6(document.route_metric());
  network::DHCP6OperatorSpec& dhcp = *spec.mutable_dhcp6();
  dhcp.set_skip_hostname_request(document.ignore_hostname());
  dhcp.mutable_client_identifier()->set_client_identifier(Identifier(document.client_identifier()));
  dhcp.mutable_client_identifier()->set_duid_raw_hex(document.duid_raw());
  return device;
}

// Sets what `from` has in the fields of `to` with the same names and types.
void CopyFields(const google::protobuf::Message& from, google::protobuf::Message& to) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  from.GetReflection()->ListFields(from, &fields);
  for (const auto* field : fields) {
    const auto* const other = to.GetDescriptor()->FindFieldByName(field->name());
    if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_BOOL) {
      to.GetReflection()->SetBool(&to, other, from.GetReflection()->GetBool(from, field));
    } else {
      to.GetReflection()->SetUInt32(&to, other, from.GetReflection()->GetUInt32(from, field));
    }
  }
}

}  // namespace

std::vector<NetworkDevice> DocumentDevices(const config::Config& config) {
  std::vector<NetworkDevice> devices;
  for (const auto* link : config.All<v1alpha1::LinkConfig>())
    devices.push_back(DeviceOf(*link));
  for (const auto* link : config.All<v1alpha1::VLANConfig>())
    devices.push_back(VlanOf(*link));
  for (const auto* link : config.All<v1alpha1::BondConfig>())
    devices.push_back(BondOf(*link));
  for (const auto* link : config.All<v1alpha1::BridgeConfig>())
    devices.push_back(BridgeOf(*link));
  for (const auto* link : config.All<v1alpha1::WireguardConfig>())
    devices.push_back(WireguardOf(*link));
  for (const auto* link : config.All<v1alpha1::DummyLinkConfig>()) {
    devices.push_back(DummyOf(*link));
  }
  for (const auto* dhcp : config.All<v1alpha1::DHCPv4Config>())
    devices.push_back(DhcpOf(*dhcp));
  for (const auto* dhcp : config.All<v1alpha1::DHCPv6Config>())
    devices.push_back(DhcpOf(*dhcp));
  return devices;
}

std::vector<network::RouteSpecSpec> DocumentBlackholes(const config::Config& config) {
  std::vector<network::RouteSpecSpec> routes;
  for (const auto* document : config.All<v1alpha1::BlackholeRouteConfig>()) {
    auto route = ConfiguredRoute({.destination = document->name(), .metric = document->metric()});
    if (!route.has_value()) continue;
    route->set_type(enums::TYPE_BLACKHOLE);
    route->set_scope(enums::SCOPE_GLOBAL);
    routes.push_back(*std::move(route));
  }
  return routes;
}

std::vector<definitions::EthernetSettings> DocumentEthernet(const config::Config& config) {
  std::vector<definitions::EthernetSettings> all;
  for (const auto* document : config.All<v1alpha1::EthernetConfig>()) {
    definitions::EthernetSettings& card = all.emplace_back();
    card.mutable_which()->set_name(document->name());
    network::EthernetSpecSpec& settings = *card.mutable_settings();
    *settings.mutable_features() = document->features();
    if (document->has_rings()) CopyFields(document->rings(), *settings.mutable_rings());
    if (document->has_channels()) CopyFields(document->channels(), *settings.mutable_channels());
    for (const std::string& mode : document->wake_on_lan()) {
      const std::optional<int> bit = NumberOf(*enums::NethelpersWOLMode_descriptor(), mode);
      if (bit.has_value()) {
        settings.add_wake_on_lan(static_cast<enums::NethelpersWOLMode>(*bit));
      }
    }
  }
  return all;
}

bool HasLinkDocuments(const config::Config& config) {
  const std::array kinds = {
      v1alpha1::LinkConfig::descriptor(),   v1alpha1::VLANConfig::descriptor(),
      v1alpha1::BridgeConfig::descriptor(), v1alpha1::BondConfig::descriptor(),
      v1alpha1::VRFConfig::descriptor(),    v1alpha1::VethConfig::descriptor(),
      v1alpha1::DHCPv4Config::descriptor(), v1alpha1::WireguardConfig::descriptor(),
      v1alpha1::DHCPv6Config::descriptor(), v1alpha1::DummyLinkConfig::descriptor()};
  return std::ranges::any_of(kinds,
                             [&](const auto* kind) { return config.Find(*kind) != nullptr; });
}

}  // namespace ichor
