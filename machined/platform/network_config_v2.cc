// Version 2: mappings of links by name.
#include <array>
#include <cstdint>
#include <format>
#include <string>
#include <vector>

#include "machined/platform/network_versions.h"

namespace ichor {
namespace {

constexpr std::array kBondWords = {
    BondWord{.key = "mode", .field = "mode"},
    BondWord{.key = "transmit-hash-policy", .field = "hash_policy"},
    BondWord{.key = "lacp-rate", .field = "lacp_rate"},
    BondWord{.key = "mii-monitor-interval", .field = "mii_mon"},
    BondWord{.key = "up-delay", .field = "up_delay"},
    BondWord{.key = "down-delay", .field = "down_delay"},
};
constexpr std::uint32_t kMaxVlan = 4094;

void ReadRoute(const Fields& route, const std::string& link, NetworkBuilder& builder) {
  const bool made = builder.AddRoute(link, {.destination = route.Text("to"),
                                            .gateway = route.Text("via"),
                                            .metric = route.Number("metric"),
                                            .table = route.Number("table"),
                                            .on_link = route.Flag("on-link")});
  if (!made) {
    route.Complain(
        "via", std::format("no route to \"{}\" via \"{}\"", route.Text("to"), route.Text("via")));
  }
}

void ReadServers(const Fields& device, NetworkBuilder& builder) {
  const yml::Node* const servers = device.Find("nameservers");
  if (servers == nullptr) {
    return;
  }
  const Fields fields(*servers, device.problems());
  for (const std::string& server : fields.Texts("addresses")) {
    if (!builder.AddServer(server)) {
      fields.Complain("addresses", std::format("\"{}\" is no address", server));
    }
  }
}

// What all kinds of links have.
void ReadCommon(const Fields& device, const std::string& link, NetworkBuilder& builder) {
  builder.AddLink(link).set_mtu(device.Number("mtu"));
  if (device.Flag("dhcp4")) {
    builder.AddDhcp4(link, true);
  }
  if (device.Flag("dhcp6")) {
    builder.AddDhcp6(link, kPlatformMetric);
  }
  for (const std::string& address : device.Texts("addresses")) {
    if (!builder.AddAddress(link, address)) {
      device.Complain("addresses", std::format("\"{}\" is no address", address));
    }
  }
  for (const char* const key : {"gateway4", "gateway6"}) {
    const std::string gateway = device.Text(key);
    if (!gateway.empty() && !builder.AddGateway(link, gateway, kPlatformV6Metric)) {
      device.Complain(key, std::format("\"{}\" is no address", gateway));
    }
  }
  for (const yml::Node* route : device.Items("routes")) {
    ReadRoute(Fields(*route, device.problems()), link, builder);
  }
  ReadServers(device, builder);
}

void ReadBondDevice(const Fields& device, const std::string& name, NetworkBuilder& builder) {
  NetworkBuilder::Link& wish = builder.AddLink(name, "bond");
  if (const yml::Node* parameters = device.Find("parameters")) {
    ReadBond(Fields(*parameters, device.problems()), kBondWords, *wish.mutable_bond_master());
  }
  wish.mutable_bond_master()->set_use_carrier(true);
  builder.AddMembers(name, device.Texts("interfaces"));
}

void ReadVlanDevice(const Fields& device, const std::string& name, NetworkBuilder& builder) {
  namespace enums = talos::resource::definitions::enums;
  const std::uint32_t id = device.Number("id");
  if (id == 0 || id > kMaxVlan) {
    device.Complain("id", std::format("expected a number from 1 to {}", kMaxVlan));
  }
  NetworkBuilder::Link& wish = builder.AddLink(name, "vlan");
  wish.set_parent_name(builder.NameOf(device.Text("link")));
  wish.mutable_vlan()->set_vid(id);
  wish.mutable_vlan()->set_protocol(enums::VLAN_PROTOCOL8021_Q);
}

// The devices of one kind, which are mappings by name.
std::vector<const yml::Node*> DevicesOf(const Fields& root, std::string_view kind) {
  std::vector<const yml::Node*> devices;
  const yml::Node* const mapping = root.Find(kind);
  if (mapping != nullptr && !mapping->IsMapping()) {
    root.Complain(kind, std::format("expected a mapping, got {}", yml::Describe(*mapping)));
  } else if (mapping != nullptr) {
    for (const yml::Node& device : mapping->children) {
      devices.push_back(&device);
    }
  }
  return devices;
}

}  // namespace

void ReadNetworkV2(const yml::Node& root, FileProblems& problems, NetworkBuilder& builder) {
  const Fields fields(root, problems);
  for (const yml::Node* node : DevicesOf(fields, "ethernets")) {
    const Fields device(*node, problems);
    const std::string name(node->key);
    if (const yml::Node* match = device.Find("match")) {
      builder.NameCard(name, Fields(*match, problems), "macaddress");
    }
    ReadCommon(device, builder.NameOf(name), builder);
  }
  for (const yml::Node* node : DevicesOf(fields, "bonds")) {
    const Fields device(*node, problems);
    const std::string name(node->key);
    ReadBondDevice(device, name, builder);
    ReadCommon(device, name, builder);
  }
  for (const yml::Node* node : DevicesOf(fields, "vlans")) {
    const Fields device(*node, problems);
    const std::string name(node->key);
    ReadVlanDevice(device, name, builder);
    ReadCommon(device, name, builder);
  }
}

}  // namespace ichor
