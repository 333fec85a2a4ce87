// Interfaces of the one-document form: each link a document, as are its leases and virtual IPs.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "lib/config/migrate/migrator.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

// Longest name of a link, and the most that a VLAN adds to its parent's: a dot and four digits.
// A node calls the VLANs of longer parents by a hash.
constexpr size_t kLongestLinkName = 15;
constexpr size_t kVlanSuffix = 5;

// What of an interface documents say by the link's name alone.
constexpr std::array<std::string_view, 10> kMoving = {
    "interface", "addresses",   "cidr",  "routes", "mtu",
    "dhcp",      "dhcpOptions", "dummy", "vip",    "vlans"};

const Node* FindSet(const Node& mapping, std::string_view key) {
  const Node* found = mapping.Find(key);
  return found == nullptr || found->IsNull() ? nullptr : found;
}

bool HasEquinixVip(const Node& link) {
  const Node* vip = FindSet(link, "vip");
  return vip != nullptr && FindSet(*vip, "equinixMetal") != nullptr;
}

bool Says(const Node* value) {
  return value != nullptr && IsTrue(*value);
}

std::string VlansReason(const Node& item, std::string_view name) {
  const Node* vlans = FindSet(item, "vlans");
  if (vlans == nullptr) return "";
  if (!vlans->children.empty() && name.size() + kVlanSuffix > kLongestLinkName) {
    return Cat("the VLANs of ", name, " have no names that fit");
  }
  for (const Node& vlan : vlans->children) {
    if (FindSet(vlan, "vlanId") == nullptr) return "a VLAN has no number";
    if (HasEquinixVip(vlan)) return "equinixMetal has no document";
  }
  return "";
}

// Why an interface cannot be said by documents; empty if it can.
std::string ReasonToStay(const Node& item) {
  const Node* name = FindSet(item, "interface");
  for (const Node& part : item.children) {
    if (!part.IsNull() && !std::ranges::contains(kMoving, part.key)) {
      return Cat(part.key, " is not moved");
    }
  }
  if (name == nullptr || name->text.empty()) return "an interface has no name";
  if (HasEquinixVip(item)) return "equinixMetal has no document";
  return VlansReason(item, name->text);
}

}  // namespace

std::string InterfacesReasonToStay(const Node& interfaces) {
  for (const Node& item : interfaces.children) {
    if (std::string reason = ReasonToStay(item); !reason.empty()) return reason;
  }
  return "";
}

void Migrator::Interfaces(const Migration& migration, const Node& value) {
  for (const Node& item : value.children) {
    const Node& name = *item.Find("interface");
    const bool dummy = Says(FindSet(item, "dummy"));
    Link(migration, item, dummy ? "DummyLinkConfig" : "LinkConfig", name.text);
    const Node* vlans = FindSet(item, "vlans");
    if (vlans == nullptr) continue;
    for (const Node& vlan : vlans->children) {
      const Node& number = *vlan.Find("vlanId");
      const std::string vlan_name = Cat(name.text, ".", number.text);
      Document& document = Link(migration, vlan, "VLANConfig", yml::Keep(made_, vlan_name));
      Set(document, "vlanID", number);
      Set(document, "parent", Text(std::string(name.text)));
    }
  }
}

// What an interface and a VLAN on it have in common. The document of the link itself.
Document& Migrator::Link(const Migration& migration, const Node& item, std::string_view kind,
                         std::string_view name) {
  Note(migration, item, Cat(kind, " ", name));
  Leases(migration, item, name);
  VirtualIp(migration, item, name);
  Document& document = DocumentFor(kind, name);
  if (const Node* mtu = FindSet(item, "mtu")) Set(document, "mtu", *mtu);
  Node addresses = MakeSequence(made_);
  const Node* list = FindSet(item, "addresses");
  if (list != nullptr) {
    for (const Node& address : list->children)
      addresses.children.push_back(Address(address));
  }
  if (const Node* cidr = FindSet(item, "cidr")) addresses.children.push_back(Address(*cidr));
  if (!addresses.children.empty()) Set(document, "addresses", std::move(addresses));
  const Node* routes = FindSet(item, "routes");
  if (routes == nullptr || routes->children.empty()) return document;
  Node moved = *routes;
  for (Node& route : moved.children) {
    std::erase_if(route.children, [](const Node& part) { return part.text.empty(); });
    if (Node* network = route.Find("network")) network->key = "destination";
  }
  Set(document, "routes", std::move(moved));
  return document;
}

// An address without a length is alone in its subnet; documents want it said.
Node Migrator::Address(const Node& value) {
  Node address = MakeMapping(made_);
  Node text = value;
  if (!value.text.contains('/')) {
    text = Text(Cat(value.text, value.text.contains(':') ? "/128" : "/32"));
  }
  text.key = "address";
  address.children.push_back(std::move(text));
  return address;
}

void Migrator::Leases(const Migration& migration, const Node& item, std::string_view name) {
  const Node* dhcp = FindSet(item, "dhcp");
  if (dhcp == nullptr) return;
  if (!IsTrue(*dhcp)) {
    Delete("DHCPv4Config", {}, *dhcp, name);
    return Delete("DHCPv6Config", {}, *dhcp, name);
  }
  const Node none = MakeMapping(made_);
  const Node* given = FindSet(item, "dhcpOptions");
  const Node& options = given == nullptr ? none : *given;
  const Node* ipv4 = FindSet(options, "ipv4");
  const Node* metric = FindSet(options, "routeMetric");
  const auto lease = [&](std::string_view kind) -> Document& {
    Note(migration, *dhcp, Cat(kind, " ", name));
    Document& document = DocumentFor(kind, name);
    if (metric != nullptr) Set(document, "routeMetric", *metric);
    return document;
  };
  if (ipv4 == nullptr || IsTrue(*ipv4)) lease("DHCPv4Config");
  if (!Says(FindSet(options, "ipv6"))) return;
  Document& document = lease("DHCPv6Config");
  const Node* identifier = FindSet(options, "duidv6");
  if (identifier == nullptr || identifier->text.empty()) return;
  Set(document, "clientIdentifier", Text("duid"));
  Set(document, "duidRaw", *identifier);
}

void Migrator::VirtualIp(const Migration& migration, const Node& item, std::string_view name) {
  const Node* vip = FindSet(item, "vip");
  const Node* address = vip == nullptr ? nullptr : FindSet(*vip, "ip");
  if (address == nullptr) return;
  const Node* provider = FindSet(*vip, "hcloud");
  const std::string_view kind = provider == nullptr ? "Layer2VIPConfig" : "HCloudVIPConfig";
  Note(migration, *vip, Cat(kind, " ", address->text));
  Document& document = DocumentFor(kind, address->text);
  Set(document, "link", Text(std::string(name)));
  const Node* token = provider == nullptr ? nullptr : FindSet(*provider, "apiToken");
  if (token != nullptr) Set(document, "apiToken", *token);
}

}  // namespace ichor::config
