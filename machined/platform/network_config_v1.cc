// Version 1: a list of what is configured, each with the subnets on it.
#include <array>
#include <bit>
#include <cstdint>
#include <format>
#include <optional>
#include <string>
#include <vector>

#include "lib/resource/address_text.h"
#include "lib/resource/set_field.h"
#include "machined/platform/network_versions.h"

namespace ichor {
namespace {

constexpr std::array kBondWords = {
    BondWord{.key = "bond-mode", .field = "mode"},
    BondWord{.key = "bond-xmit-hash-policy", .field = "hash_policy"},
    BondWord{.key = "bond-lacp-rate", .field = "lacp_rate"},
    BondWord{.key = "bond-miimon", .field = "mii_mon"},
    BondWord{.key = "up-delay", .field = "up_delay"},
    BondWord{.key = "down-delay", .field = "down_delay"},
};
constexpr std::uint32_t kMaxVlan = 4094;

// The length of "255.255.255.0" or "24"; nothing for what is neither.
std::optional<int> LengthOf(const std::string& mask) {
  if (!mask.contains('.') && !mask.contains(':')) {
    const auto prefix = ParseNetIPPrefix("::/" + mask);
    return prefix.has_value() ? std::optional(prefix->prefix_length()) : std::nullopt;
  }
  const auto address = ParseNetIP(mask);
  if (!address.has_value()) {
    return std::nullopt;
  }
  int length = 0;
  bool ended = false;
  for (const char c : address->ip()) {
    const auto byte = static_cast<std::uint8_t>(c);
    const int ones = std::countl_one(byte);
    if ((ended && byte != 0) || std::popcount(byte) != ones) {
      return std::nullopt;
    }
    ended = ended || ones < 8;
    length += ones;
  }
  return length;
}

class Version1 {
 public:
  Version1(bool hcloud, NetworkBuilder& builder) : hcloud_(hcloud), builder_(builder) {}

  void Name(const Fields& item) {
    if (item.Text("type") == "physical") {
      builder_.NameCard(item.Text("name"), item, "mac_address");
    }
  }

  void Read(const Fields& item) {
    const std::string type = item.Text("type");
    const std::string name = item.Text("name");
    if (type == "nameserver" && !hcloud_) {
      ReadServers(item);
      return;
    }
    const bool made = !hcloud_ && (type == "bond" || type == "vlan");
    if (type != "physical" && !made) {
      item.Complain("type", std::format("\"{}\" is not known", type));
      return;
    }
    if (name.empty()) {
      item.Complain("name", "is missing");
      return;
    }
    const std::string link = type == "physical" ? builder_.NameOf(name) : name;
    NetworkBuilder::Link& wish = builder_.AddLink(link, made ? type : "");
    wish.set_mtu(item.Number("mtu"));
    if (type == "bond") {
      ReadBondItem(item, wish);
    } else if (type == "vlan") {
      ReadVlan(item, wish);
    }
    for (const yml::Node* subnet : item.Items("subnets")) {
      ReadSubnet(Fields(*subnet, item.problems()), link);
    }
  }

 private:
  void ReadServers(const Fields& item) {
    for (const std::string& server : item.Texts("address")) {
      if (!builder_.AddServer(server)) {
        item.Complain("address", std::format("\"{}\" is no address", server));
      }
    }
  }

  void ReadBondItem(const Fields& item, NetworkBuilder::Link& wish) {
    if (const yml::Node* parameters = item.Find("params")) {
      ReadBond(Fields(*parameters, item.problems()), kBondWords, *wish.mutable_bond_master());
    }
    wish.mutable_bond_master()->set_use_carrier(true);
    builder_.AddMembers(wish.name(), item.Texts("bond_interfaces"));
  }

  void ReadVlan(const Fields& item, NetworkBuilder::Link& wish) {
    namespace enums = talos::resource::definitions::enums;
    const std::uint32_t id = item.Number("vlan_id");
    if (id == 0 || id > kMaxVlan) {
      item.Complain("vlan_id", std::format("expected a number from 1 to {}", kMaxVlan));
    }
    wish.set_parent_name(builder_.NameOf(item.Text("vlan_link")));
    wish.mutable_vlan()->set_vid(id);
    wish.mutable_vlan()->set_protocol(enums::VLAN_PROTOCOL8021_Q);
  }

  void ReadSubnet(const Fields& subnet, const std::string& link) {
    const std::string type = subnet.Text("type");
    if (hcloud_ && type == "dhcp") {
      if (subnet.Flag("ipv4")) {
        builder_.AddDhcp4(link, false);
      }
    } else if (type == "dhcp" || type == "dhcp4") {
      builder_.AddDhcp4(link, true);
    } else if (type == "static" || type == "static6") {
      ReadStatic(subnet, link);
    } else if (type == "ipv6_dhcpv6-stateful" || type == "dhcp6") {
      builder_.AddDhcp6(link, kPlatformV6Metric);
    } else {
      subnet.Complain("type", std::format("\"{}\" is not known", type));
    }
  }

  void ReadStatic(const Fields& subnet, const std::string& link) {
    std::string address = subnet.Text("address");
    if (const std::string mask = subnet.Text("netmask"); !address.contains('/') && !mask.empty()) {
      const std::optional<int> length = LengthOf(mask);
      if (!length.has_value()) {
        subnet.Complain("netmask", std::format("\"{}\" is no mask", mask));
        return;
      }
      address += std::format("/{}", *length);
    }
    if (!builder_.AddAddress(link, address)) {
      subnet.Complain("address", std::format("\"{}\" is no address", address));
      return;
    }
    if (const auto prefix = ParseNetIPPrefix(address); hcloud_ && prefix && address.contains(':')) {
      common::NetIP external;
      external.set_ip(prefix->ip());
      builder_.AddExternal(external);
    }
    const std::string gateway = subnet.Text("gateway");
    const std::uint32_t v6_metric = hcloud_ ? kPlatformMetric : kPlatformV6Metric;
    if (!gateway.empty() && !builder_.AddGateway(link, gateway, v6_metric)) {
      subnet.Complain("gateway", std::format("\"{}\" is no address", gateway));
    }
  }

  const bool hcloud_;
  NetworkBuilder& builder_;
};

}  // namespace

void ReadBond(const Fields& parameters, std::span<const BondWord> words,
              talos::resource::definitions::network::BondMasterSpec& bond) {
  for (const BondWord& word : words) {
    const std::string value = parameters.Text(word.key);
    if (!value.empty() && !SetField(bond, word.field, value)) {
      parameters.Complain(word.key, std::format("\"{}\" is not known", value));
    }
  }
}

void ReadNetworkV1(const yml::Node& root, bool hcloud, FileProblems& problems,
                   NetworkBuilder& builder) {
  const Fields fields(root, problems);
  Version1 version(hcloud, builder);
  std::vector<Fields> items;
  for (const yml::Node* item : fields.Items("config")) {
    const Fields mapping(*item, problems);
    if (item->IsMapping()) {
      items.push_back(mapping);
    }
  }
  for (const Fields& item : items) {
    version.Name(item);
  }
  for (const Fields& item : items) {
    version.Read(item);
  }
}

}  // namespace ichor
