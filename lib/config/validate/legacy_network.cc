#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

#include "common/common.pb.h"
#include "config/legacy.pb.h"
#include "lib/config/validate/rules.h"
#include "lib/resource/address_text.h"

namespace ichor::config {
namespace {

using v1alpha1::LegacyBond;
using v1alpha1::LegacyInterface;

void CheckAddresses(Checker& checker, const std::string& path, const auto& item) {
  if (!item.cidr().empty()) {
    checker.Warning(Cat(path, ".cidr"), "deprecated", "use addresses");
    CheckCidr(checker, Cat(path, ".cidr"), item.cidr());
    if (item.addresses_size() > 0) checker.Error(path, "cidr and addresses are both set");
  }
  for (int i = 0; i < item.addresses_size(); ++i) {
    const std::string& address = item.addresses(i);
    if (ParseNetIPPrefix(address) || (!address.empty() && ParseNetIP(address))) continue;
    checker.Error(Cat(path, ".addresses[", i, "]"), Cat("\"", address, "\" is no IP address"));
  }
}

void CheckIp(Checker& checker, const std::string& path, const std::string& text) {
  if (!text.empty() && !ParseNetIP(text)) {
    checker.Error(path, Cat("\"", text, "\" is no IP address"));
  }
}

void CheckRoutes(Checker& checker, const std::string& path, const auto& item) {
  for (int i = 0; i < item.routes_size(); ++i) {
    const v1alpha1::LegacyRoute& route = item.routes(i);
    const std::string route_path = Cat(path, ".routes[", i, "]");
    if (route.network().empty() && route.gateway().empty()) {
      checker.Error(route_path, "neither network nor gateway is set");
    }
    if (!route.network().empty()) {
      CheckCidr(checker, Cat(route_path, ".network"), route.network());
    }
    CheckIp(checker, Cat(route_path, ".gateway"), route.gateway());
    CheckIp(checker, Cat(route_path, ".source"), route.source());
  }
}

void CheckVip(Checker& checker, const std::string& path, const auto& item, bool control_plane) {
  if (!item.has_vip()) return;
  if (!control_plane) checker.Error(Cat(path, ".vip"), "a worker cannot have a virtual IP");
  if (item.vip().ip().empty() || !ParseNetIP(item.vip().ip())) {
    checker.Error(Cat(path, ".vip.ip"), Cat("\"", item.vip().ip(), "\" is no IP address"));
  }
}

void CheckWireguard(Checker& checker, const std::string& path, const LegacyInterface& item) {
  if (!item.has_wireguard()) return;
  const std::string own = Cat(path, ".wireguard");
  if (!IsWireguardKey(item.wireguard().private_key())) {
    checker.Error(Cat(own, ".privateKey"), "expected base64 of 32 bytes");
  }
  for (int i = 0; i < item.wireguard().peers_size(); ++i) {
    const auto& peer = item.wireguard().peers(i);
    const std::string peer_path = Cat(own, ".peers[", i, "]");
    if (!IsWireguardKey(peer.public_key())) {
      checker.Error(Cat(peer_path, ".publicKey"), "expected base64 of 32 bytes");
    }
    if (!peer.endpoint().empty() && !IsHostPort(peer.endpoint())) {
      checker.Error(Cat(peer_path, ".endpoint"),
                    Cat("\"", peer.endpoint(), "\" is no address with a port"));
    }
    for (int j = 0; j < peer.allowed_ips_size(); ++j) {
      CheckCidr(checker, Cat(peer_path, ".allowedIPs[", j, "]"), peer.allowed_ips(j));
    }
  }
}

// Checks the options of a bond against its mode.
class BondChecker {
 public:
  BondChecker(Checker& checker, std::string path, const LegacyBond& bond)
      : checker_(checker), path_(std::move(path)), bond_(bond) {}

  void Check();

 private:
  void Word(std::string_view key, const std::string& word,
            std::initializer_list<std::string_view> words);
  void OnlyIn(std::string_view key, bool is_set, std::initializer_list<std::string_view> modes);
  void Words();
  void Delays();
  std::string At(std::string_view key) const { return Cat(path_, ".", key); }

  Checker& checker_;
  std::string path_;
  const LegacyBond& bond_;
};

void BondChecker::Word(std::string_view key, const std::string& word,
                       std::initializer_list<std::string_view> words) {
  if (word.empty() || std::ranges::contains(words, word)) return;
  checker_.Error(At(key), Cat("unknown value \"", word, "\""));
}

void BondChecker::OnlyIn(std::string_view key, bool is_set,
                         std::initializer_list<std::string_view> modes) {
  if (!is_set || std::ranges::contains(modes, bond_.mode())) return;
  std::string names;
  for (const std::string_view mode : modes) {
    names += Cat(names.empty() ? "" : ", ", mode);
  }
  checker_.Error(At(key), Cat("only supported in the modes ", names));
}

void BondChecker::Words() {
  if (bond_.mode().empty()) checker_.Error(At("mode"), "required");
  Word("mode", bond_.mode(),
       {"balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb",
        "balance-alb"});
  Word("xmitHashPolicy", bond_.xmit_hash_policy(),
       {"layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4"});
  Word("lacpRate", bond_.lacp_rate(), {"slow", "fast"});
  Word("arpValidate", bond_.arp_validate(),
       {"none", "active", "backup", "all", "filter", "filter-active", "filter-backup"});
  Word("arpAllTargets", bond_.arp_all_targets(), {"any", "all"});
  Word("primaryReselect", bond_.primary_reselect(), {"always", "better", "failure"});
  Word("failOverMac", bond_.fail_over_mac(), {"none", "active", "follow"});
  Word("adSelect", bond_.ad_select(), {"stable", "bandwidth", "count"});
}

void BondChecker::Delays() {
  const auto check = [&](std::string_view key, std::uint32_t delay) {
    if (delay == 0) return;
    if (bond_.miimon() == 0) {
      checker_.Error(At(key), "needs miimon to be set");
    } else if (delay % bond_.miimon() != 0) {
      checker_.Error(At(key), Cat("must be a multiple of miimon, ", bond_.miimon()));
    }
  };
  check("updelay", bond_.updelay());
  check("downdelay", bond_.downdelay());
}

void BondChecker::Check() {
  Words();
  Delays();
  if (bond_.arp_ip_target_size() > 0) checker_.Error(At("arpIPTarget"), "not supported");
  if (!bond_.ad_actor_system().empty()) checker_.Error(At("adActorSystem"), "not supported");
  OnlyIn("lacpRate", bond_.lacp_rate() == "fast", {"802.3ad"});
  OnlyIn("adActorSysPrio", bond_.ad_actor_sys_prio() != 0, {"802.3ad"});
  OnlyIn("adUserPortKey", bond_.ad_user_port_key() != 0, {"802.3ad"});
  const auto not_arp = {std::string_view("balance-rr"), std::string_view("active-backup"),
                        std::string_view("balance-xor"), std::string_view("broadcast")};
  OnlyIn("arpValidate", !bond_.arp_validate().empty() && bond_.arp_validate() != "none", not_arp);
  OnlyIn("arpInterval", bond_.arp_interval() != 0, not_arp);
  OnlyIn("primary", !bond_.primary().empty(), {"active-backup", "balance-tlb", "balance-alb"});
  OnlyIn("packetsPerSlave", bond_.packets_per_slave() > 1, {"balance-rr"});
  OnlyIn("tlbDynamicLb", bond_.tlb_dynamic_lb() != 0, {"balance-tlb", "balance-alb"});
}

// Which links are part of a bond or a bridge, and of which.
using Enslaved = std::map<std::string, std::string, std::less<>>;

void Enslave(Checker& checker, const std::string& path, const auto& links,
             const std::string& master, Enslaved& enslaved) {
  for (int i = 0; i < links.size(); ++i) {
    const auto [found, fresh] = enslaved.try_emplace(links[i], master);
    if (fresh || found->second == master) continue;
    checker.Error(Cat(path, "[", i, "]"),
                  Cat("the link \"", links[i], "\" is already part of \"", found->second, "\""));
  }
}

void CheckSelector(Checker& checker, const std::string& path, const LegacyInterface& item) {
  if (item.interface().empty() && !item.has_device_selector()) {
    checker.Error(path, "neither interface nor deviceSelector is set");
  }
  if (!item.interface().empty() && item.has_device_selector()) {
    checker.Error(path, "interface and deviceSelector are both set");
  }
  if (item.has_device_selector() && item.device_selector().ByteSizeLong() == 0) {
    checker.Error(Cat(path, ".deviceSelector"), "an empty selector matches everything");
  }
}

void CheckInterface(Checker& checker, const std::string& path, const LegacyInterface& item,
                    bool control_plane, Enslaved& enslaved) {
  CheckSelector(checker, path, item);
  if (item.has_bond() && item.has_bridge()) {
    checker.Error(path, "an interface cannot be a bond and a bridge");
  }
  if (item.has_bond()) {
    const std::string bond = Cat(path, ".bond");
    if (item.bond().interfaces_size() > 0 && item.bond().device_selectors_size() > 0) {
      checker.Error(bond, "interfaces and deviceSelectors are both set");
    }
    Enslave(checker, Cat(bond, ".interfaces"), item.bond().interfaces(), item.interface(),
            enslaved);
    BondChecker(checker, bond, item.bond()).Check();
  }
  Enslave(checker, Cat(path, ".bridge.interfaces"), item.bridge().interfaces(), item.interface(),
          enslaved);
  CheckAddresses(checker, path, item);
  CheckRoutes(checker, path, item);
  CheckVip(checker, path, item, control_plane);
  CheckWireguard(checker, path, item);
  for (int i = 0; i < item.vlans_size(); ++i) {
    const std::string vlan = Cat(path, ".vlans[", i, "]");
    CheckAddresses(checker, vlan, item.vlans(i));
    CheckRoutes(checker, vlan, item.vlans(i));
    CheckVip(checker, vlan, item.vlans(i), control_plane);
  }
}

void CheckSlaves(Checker& checker, const v1alpha1::LegacyNetwork& network,
                 const Enslaved& enslaved) {
  for (int i = 0; i < network.interfaces_size(); ++i) {
    const LegacyInterface& item = network.interfaces(i);
    const auto found = enslaved.find(item.interface());
    if (item.ignore() || item.interface().empty() || found == enslaved.end()) continue;
    const bool configured =
        item.dhcp() || !item.cidr().empty() || item.addresses_size() > 0 || item.has_vip();
    if (!configured) continue;
    checker.Error(Cat("machine.network.interfaces[", i, "]"),
                  Cat("the link is part of \"", found->second,
                      "\": it cannot have dhcp, cidr, addresses or vip"));
  }
}

void CheckKubespan(Checker& checker, const v1alpha1::LegacyNetwork& network) {
  constexpr std::uint32_t kSmallestMtu = 1280;
  const auto& kubespan = network.kubespan();
  if (!kubespan.enabled()) return;
  if (kubespan.has_mtu() && kubespan.mtu() < kSmallestMtu) {
    checker.Error("machine.network.kubespan.mtu", Cat("must be at least ", kSmallestMtu));
  }
  const std::string filters = "machine.network.kubespan.filters";
  for (int i = 0; i < kubespan.filters().endpoints_size(); ++i) {
    CheckFilter(checker, Cat(filters, ".endpoints[", i, "]"), kubespan.filters().endpoints(i));
  }
  for (int i = 0; i < kubespan.filters().exclude_advertised_networks_size(); ++i) {
    CheckCidr(checker, Cat(filters, ".excludeAdvertisedNetworks[", i, "]"),
              kubespan.filters().exclude_advertised_networks(i));
  }
}

}  // namespace

void CheckLegacyNetwork(Checker& checker) {
  const auto& config = static_cast<const v1alpha1::LegacyConfig&>(*checker.document().message);
  const v1alpha1::LegacyNetwork& network = config.machine().network();
  const bool control_plane = IsControlPlaneType(config.machine().type());
  Enslaved enslaved;
  for (int i = 0; i < network.interfaces_size(); ++i) {
    const std::string path = Cat("machine.network.interfaces[", i, "]");
    if (network.interfaces(i).ignore()) continue;
    CheckInterface(checker, path, network.interfaces(i), control_plane, enslaved);
  }
  CheckSlaves(checker, network, enslaved);
  CheckKubespan(checker, network);
}

}  // namespace ichor::config
