#include <algorithm>
#include <string>
#include <string_view>

#include "common/common.pb.h"
#include "config/link.pb.h"
#include "lib/config/validate/dispatch.h"
#include "lib/config/validate/expression.h"
#include "lib/config/validate/rules.h"
#include "lib/resource/address_text.h"

namespace ichor::config {
namespace {

using v1alpha1::BondConfig;
using v1alpha1::BridgeConfig;
using v1alpha1::DummyLinkConfig;
using v1alpha1::LinkAliasConfig;
using v1alpha1::LinkConfig;
using v1alpha1::LinkRoute;
using v1alpha1::VethConfig;
using v1alpha1::VLANConfig;
using v1alpha1::VRFConfig;
using v1alpha1::WireguardConfig;

bool IsUnspecified(std::string_view address) {
  const auto parsed = ParseNetIP(address);
  return parsed && std::ranges::all_of(parsed->ip(), [](char c) { return c == 0; });
}

// What all links have. `prefix` is "" or "peer.".
void CheckCommon(Checker& checker, std::string_view prefix, const auto& link) {
  for (int i = 0; i < link.addresses_size(); ++i) {
    const std::string& address = link.addresses(i).address();
    const std::string path = Cat(prefix, "addresses[", i, "].address");
    if (address.empty()) {
      checker.Error(path, "required");
    } else if (IsUnspecified(std::string_view(address).substr(0, address.find('/')))) {
      checker.Error(path, "the unspecified address cannot be set");
    }
  }
  for (int i = 0; i < link.routes_size(); ++i) {
    const LinkRoute& route = link.routes(i);
    const std::string path = Cat(prefix, "routes[", i, "]");
    if (IsUnspecified(route.gateway()) && !route.gateway().empty()) {
      checker.Error(Cat(path, ".gateway"), "the unspecified address is no gateway");
    }
    if (IsUnspecified(route.source()) && !route.source().empty()) {
      checker.Error(Cat(path, ".source"), "the unspecified address is no source");
    }
  }
}

template <class Link>
void CheckPlainLink(Checker& checker, const Link& link) {
  CheckCommon(checker, "", link);
}

void CheckBond(Checker& checker, const BondConfig& bond) {
  CheckCommon(checker, "", bond);
  if (bond.links_size() == 0) checker.Error("links", "required");
  if (!checker.Has("bondMode")) checker.Error("bondMode", "required");
  if (!bond.has_primary()) return;
  if (!std::ranges::contains(bond.links(), bond.primary())) {
    checker.Error("primary", Cat("\"", bond.primary(), "\" is none of links"));
  }
  const std::string_view mode = bond.bond_mode();
  if (mode != "active-backup" && mode != "balance-tlb" && mode != "balance-alb") {
    checker.Error("primary", Cat("not supported in the mode ", mode));
  }
}

void CheckVlan(Checker& checker, const VLANConfig& vlan) {
  constexpr std::uint32_t kLast = 4094;
  CheckCommon(checker, "", vlan);
  if (vlan.vlan_id() < 1 || vlan.vlan_id() > kLast) {
    checker.Error("vlanID", Cat("must be from 1 to ", kLast));
  }
  checker.Require("parent", vlan.parent());
}

void CheckVrf(Checker& checker, const VRFConfig& vrf) {
  constexpr std::uint32_t kDefault = 253;
  CheckCommon(checker, "", vrf);
  if (vrf.table() == 0 || vrf.table() >= kDefault) {
    checker.Error("table", "must be a table of its own: 1 to 252");
  }
}

void CheckLinkName(Checker& checker, std::string_view path, std::string_view name) {
  constexpr size_t kLongest = 15;
  if (name.empty()) return checker.Error(path, "required");
  if (name.size() > kLongest) checker.Error(path, Cat("longer than ", kLongest, " bytes"));
  if (name.find_first_of("/: \t\n") != std::string_view::npos) {
    checker.Error(path, "'/', ':' and blanks are not allowed");
  }
}

void CheckVeth(Checker& checker, const VethConfig& veth) {
  CheckCommon(checker, "", veth);
  CheckCommon(checker, "peer.", veth.peer());
  if (!veth.name().empty()) CheckLinkName(checker, "name", veth.name());
  CheckLinkName(checker, "peer.name", veth.peer().name());
  if (veth.name() == veth.peer().name()) {
    checker.Error("peer.name", "both ends have the same name");
  }
}

void CheckWireguard(Checker& checker, const WireguardConfig& link) {
  CheckCommon(checker, "", link);
  if (!IsWireguardKey(link.private_key()))
    checker.Error("privateKey", "expected base64 of 32 bytes");
  if (link.listen_port() < 0 || link.listen_port() > 0xFFFF) {
    checker.Error("listenPort", "must be from 0 to 65535");
  }
  for (int i = 0; i < link.peers_size(); ++i) {
    const auto& peer = link.peers(i);
    const std::string path = Cat("peers[", i, "]");
    if (!IsWireguardKey(peer.public_key())) {
      checker.Error(Cat(path, ".publicKey"), "expected base64 of 32 bytes");
    }
    if (!peer.preshared_key().empty() && !IsWireguardKey(peer.preshared_key())) {
      checker.Error(Cat(path, ".presharedKey"), "expected base64 of 32 bytes");
    }
    if (peer.persistent_keepalive_interval().seconds() < 0) {
      checker.Error(Cat(path, ".persistentKeepaliveInterval"), "must not be negative");
    }
  }
}

void CheckAlias(Checker& checker, const LinkAliasConfig& alias) {
  const std::string_view name = alias.name();
  const size_t percent = name.find('%');
  if (percent != std::string_view::npos && (percent == 0 || name.substr(percent) != "%d")) {
    checker.Error("name", "a pattern is a prefix and %d, and nothing behind it", "such as net%d");
  }
  RequireExpression(checker, "selector.match", alias.selector().match(), Subject::kLink);
}

}  // namespace

void CheckLinkDocument(Checker& checker) {
  Dispatch(checker, CheckPlainLink<LinkConfig>, CheckPlainLink<BridgeConfig>,
           CheckPlainLink<DummyLinkConfig>, CheckBond, CheckVlan, CheckVrf, CheckVeth,
           CheckWireguard, CheckAlias);
}

}  // namespace ichor::config
