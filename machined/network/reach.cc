#include "machined/network/reach.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "config/link.pb.h"
#include "lib/resource/address_prefix.h"
#include "lib/resource/address_text.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;
using definitions::LinkReference;
using definitions::NetworkDevice;
using Links = All<network::LinkStatus>;
using Link = Row<network::LinkStatus>;

constexpr int kDeepest = 4;  // an address on a VLAN on a bridge over a bond

bool IsCard(const Link& link) {
  return link.spec().type() == enums::LINK_ETHER && link.spec().kind().empty();
}

bool HasName(const Link& link, std::string_view name) {
  constexpr std::string_view kByAddress = "enx";
  return link.id() == name || link.spec().alias() == name ||
         std::ranges::contains(link.spec().alt_names(), name) ||
         (name.starts_with(kByAddress) && !link.spec().hardware_addr().empty() &&
          absl::BytesToHexString(link.spec().hardware_addr()) == name.substr(kByAddress.size()));
}

class Judge {
 public:
  Judge(const network::NetworkConfiguration::Spec& network, const Links& links,
        const std::set<std::string>& aliases)
      : network_(network), links_(links), aliases_(aliases) {}

  Reach Run() {
    for (const NetworkDevice& device : network_.devices()) {
      Take(device);
    }
    for (const Link& link : links_) {
      if (network_.dhcp_by_default() && IsCard(link) && link.spec().link_state() &&
          !IsMentioned(link)) {
        reach_.leasing.insert(link.id());
      }
    }
    return reach_;
  }

 private:
  void Take(const NetworkDevice& device) {
    if (device.ignore() || (device.has_link() && !device.link().up())) {
      return;
    }
    const std::set<std::string> cards = CardsBelow(device, 0);
    if (cards.empty()) {
      return;
    }
    if (device.operators_size() > 0) {
      reach_.leasing.insert(cards.begin(), cards.end());
    }
    for (const auto& address : device.addresses()) {
      common::NetIP ip;
      ip.set_ip(address.address().ip());
      reach_.fixed.insert(ToText(ip));
      reach_.neighbours.push_back(address.address());
    }
    reach_.has_gateway |= std::ranges::any_of(
        device.routes(), [](const auto& route) { return !route.gateway().ip().empty(); });
  }

  // The cards that carry what is sent over the device.
  std::set<std::string> CardsBelow(const NetworkDevice& device, int depth) {
    if (!device.link().kind().empty() && !device.vlan_on_it()) {
      if (device.link().kind() == "vlan") {
        LinkReference parent;
        parent.set_name(device.link().parent_name());
        return CardsMeant(parent, depth);
      }
      std::set<std::string> cards;
      for (const LinkReference& member : device.members()) {
        cards.merge(CardsMeant(member, depth));
      }
      return cards;
    }
    return CardsMeant(device.which(), depth);
  }

  std::set<std::string> CardsMeant(const LinkReference& which, int depth) {
    std::set<std::string> cards;
    const bool by_selector = which.has_selector() || aliases_.contains(which.name());
    for (const Link& link : links_) {
      if (IsCard(link) && link.spec().link_state() &&
          (by_selector || HasName(link, which.name()) || IsGuessed(which.name()))) {
        cards.insert(link.id());
      }
    }
    for (const NetworkDevice& device : network_.devices()) {
      if (cards.empty() && depth < kDeepest && !which.name().empty() &&
          device.which().name() == which.name() && !device.link().kind().empty()) {
        cards = CardsBelow(device, depth + 1);
      }
    }
    return cards;
  }

  // The kernel's name of a first card means the only one, if no link has it.
  bool IsGuessed(std::string_view name) const {
    return name == "eth0" && std::ranges::count_if(links_, IsCard) == 1 &&
           std::ranges::none_of(links_, [name](const Link& link) { return HasName(link, name); });
  }

  // Whether the config says anything about the link, so that it asks for no lease by default.
  bool IsMentioned(const Link& link) const {
    const auto means_it = [&](const LinkReference& which) {
      return !which.has_selector() && (HasName(link, which.name()) || IsGuessed(which.name()));
    };
    return std::ranges::any_of(network_.devices(), [&](const NetworkDevice& device) {
      return means_it(device.which()) || std::ranges::any_of(device.members(), means_it);
    });
  }

  const network::NetworkConfiguration::Spec& network_;
  const Links& links_;
  const std::set<std::string>& aliases_;
  Reach reach_;
};

}  // namespace

bool Reach::IsUsable(const std::string& client) const {
  const std::optional<common::NetIP> address = ParseNetIP(client);
  return !leasing.empty() || (!fixed.empty() && has_gateway) ||
         (address.has_value() && std::ranges::any_of(neighbours, [&](const auto& prefix) {
            return IsIn(address->ip(), prefix);
          }));
}

Reach ReachOf(const network::NetworkConfiguration::Spec& network, const Links& links,
              const std::set<std::string>& aliases) {
  return Judge(network, links, aliases).Run();
}

std::set<std::string> LinkAliases(const config::Config& config) {
  std::set<std::string> names;
  for (const auto* document : config.All<config::v1alpha1::LinkAliasConfig>()) {
    names.emplace(document->name());
  }
  return names;
}

std::optional<std::string> DescribeLoss(const std::string& local, const Reach& before,
                                        const Reach& after,
                                        const All<network::AddressStatus>& addresses) {
  if (after.fixed.contains(local)) {
    return std::nullopt;
  }
  const auto has_it = [&local](const auto& row) {
    common::NetIP ip;
    ip.set_ip(row.spec().address().ip());
    return ToText(ip) == local;
  };
  const auto row = std::ranges::find_if(addresses, has_it);
  if (row == addresses.end()) {
    return std::nullopt;
  }
  const std::string link = row->spec().link_name();
  const bool was_leased = !before.fixed.contains(local) && before.leasing.contains(link);
  if (!before.fixed.contains(local) && (!was_leased || after.leasing.contains(link))) {
    return std::nullopt;
  }
  std::string text = std::format(
      "the address {}, at which you talk to the node, goes from {} with this config", local, link);
  if (!after.fixed.empty()) {
    text += std::format("; {} {}", absl::StrJoin(after.fixed, ", "),
                        after.fixed.size() == 1 ? "is there then" : "are there then");
  }
  return text;
}

}  // namespace ichor
