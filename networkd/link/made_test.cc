#include "networkd/link/made.h"

#include <linux/if.h>

#include <algorithm>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"
#include "lib/sys/fake_virtual_links.h"
#include "lib/sys/fake_wireguard.h"
#include "networkd/marks.h"

namespace ichor::networkd {
namespace {

using base::IsOk;
using base::StatusIs;
using network::LinkSpec;
using Rows = std::vector<GivenRow<LinkSpec>>;

constexpr const char* kVlan =
    "name: 'v7' logical: true up: true kind: 'vlan' parent_name: 'eth0' "
    "vlan { vid: 7 protocol: VLAN_PROTOCOL8021_Q }";
constexpr const char* kBond =
    "name: 'bond0' logical: true up: true kind: 'bond' "
    "bond_master { mode: BOND_MODE_ACTIVE_BACKUP mii_mon: 100 use_carrier: true }";
constexpr const char* kMember = "name: 'eth0' up: true bond_slave { master_name: 'bond0' }";

struct Kernel {
  Kernel() {
    netlink.links = {{.index = 1, .name = "lo", .type = 772, .mtu = 65536},
                     {.index = 2, .name = "eth0", .flags = IFF_UP, .mtu = 1500}};
  }

  // Applies until the links stay as they are.
  MadeLinkResults Apply(const Rows& rows) {
    MadeLinkResults results;
    for (int round = 0; round < 3; ++round) {
      auto applied = ApplyMadeLinks(AllOf<LinkSpec>(rows), netlink, links, wireguard);
      REQUIRE_THAT(applied, IsOk());
      results = *std::move(applied);
    }
    return results;
  }

  const sys::NetLink* Find(const std::string& name) {
    const auto found = std::ranges::find(netlink.links, name, &sys::NetLink::name);
    return found == netlink.links.end() ? nullptr : &*found;
  }

  sys::FakeNetlink netlink;
  sys::FakeVirtualLinks links{netlink};
  sys::FakeWireguard wireguard;
};

}  // namespace

TEST_CASE("made links: a VLAN is made on its parent, with our mark, and goes with its row") {
  Kernel k;
  k.Apply({{"v7", kVlan}});
  const sys::NetLink* const vlan = k.Find("v7");
  REQUIRE(vlan != nullptr);
  CHECK(vlan->lower == 2);
  CHECK(vlan->group == kOurGroup);
  CHECK(vlan->settings == sys::LinkSettings(sys::VlanSettings{.id = 7}));
  const std::uint32_t index = vlan->index;
  k.Apply({{"v7", kVlan}});
  CHECK(k.Find("v7")->index == index);  // nothing was done to it
  k.Apply({});
  CHECK(k.Find("v7") == nullptr);
}

TEST_CASE("made links: another number makes another VLAN of the same name") {
  Kernel k;
  k.Apply({{"v7", kVlan}});
  const std::uint32_t index = k.Find("v7")->index;
  std::string other = kVlan;
  other.replace(other.find("vid: 7"), 6, "vid: 8");
  k.Apply({{"v7", other}});
  REQUIRE(k.Find("v7") != nullptr);
  CHECK(k.Find("v7")->index != index);
  CHECK(k.Find("v7")->settings == sys::LinkSettings(sys::VlanSettings{.id = 8}));
}

TEST_CASE("made links: a VLAN waits for its parent, which may be made too") {
  Kernel k;
  std::string on_bond = kVlan;
  on_bond.replace(on_bond.find("eth0"), 4, "bond0");
  const MadeLinkResults results = k.Apply({{"v7", on_bond}});
  CHECK(results.at("v7").waits);
  CHECK_THAT(results.at("v7").status,
             StatusIs(absl::StatusCode::kFailedPrecondition, "waits for link bond0"));
  k.Apply({{"bond0", kBond}, {"v7", on_bond}});
  REQUIRE(k.Find("v7") != nullptr);
  CHECK(k.Find("v7")->lower == k.Find("bond0")->index);
}

TEST_CASE("made links: a card becomes part of a bond, and free again") {
  Kernel k;
  k.Apply({{"bond0", kBond}, {"eth0", kMember}});
  REQUIRE(k.Find("bond0") != nullptr);
  CHECK(k.Find("eth0")->master == k.Find("bond0")->index);
  CHECK((k.Find("eth0")->flags & IFF_UP) == 0);  // the bond itself brings it up
  k.Apply({{"bond0", kBond}, {"eth0", "name: 'eth0' up: true"}});
  CHECK(k.Find("eth0")->master == 0);
}

TEST_CASE("made links: a bond's settings change in place, its mode makes a new one") {
  Kernel k;
  k.Apply({{"bond0", kBond}});
  const std::uint32_t index = k.Find("bond0")->index;
  std::string slower = kBond;
  slower.replace(slower.find("100"), 3, "200");
  k.Apply({{"bond0", slower}});
  CHECK(k.Find("bond0")->index == index);
  CHECK(
      std::get<sys::BondSettings>(k.Find("bond0")->settings).options.at(sys::BondOption::kMiimon) ==
      200);
  std::string other = kBond;
  other.replace(other.find("BOND_MODE_ACTIVE_BACKUP"), 23, "BOND_MODE_XOR");
  k.Apply({{"bond0", other}});
  CHECK(k.Find("bond0")->index != index);
}

TEST_CASE("made links: a bridge and its hardware address change in place") {
  Kernel k;
  const std::string bridge =
      "name: 'br0' logical: true kind: 'bridge' hardware_address: "
      "'\\002\\000\\000\\000\\000\\001' ";
  k.Apply({{"br0", bridge}, {"eth0", "name: 'eth0' bridge_slave { master_name: 'br0' }"}});
  const std::uint32_t index = k.Find("br0")->index;
  CHECK(k.Find("eth0")->master == index);
  CHECK((k.Find("eth0")->flags & IFF_UP) != 0);  // a bridge takes it as it is
  k.Apply({{"br0",
            "name: 'br0' logical: true kind: 'bridge' hardware_address: 'abcdef' "
            "bridge_master { stp { enabled: true } }"}});
  CHECK(k.Find("br0")->index == index);
  CHECK(k.Find("br0")->hardware_address == "abcdef");
  CHECK(k.Find("br0")->settings == sys::LinkSettings(sys::BridgeSettings{.spanning_tree = true}));
}

TEST_CASE("made links: what somebody else made is left alone") {
  Kernel k;
  k.netlink.links.push_back({.index = 9, .name = "cni0", .kind = "bridge"});
  k.netlink.links.push_back({.index = 10, .name = "veth1", .master = 9, .kind = "veth"});
  const MadeLinkResults results =
      k.Apply({{"cni0", "name: 'cni0' logical: true kind: 'bridge'"}, {"veth1", "name: 'veth1'"}});
  CHECK_THAT(results.at("cni0").status,
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "there is a link of this name that somebody else made"));
  CHECK(k.Find("veth1")->master == 9);
  k.Apply({});
  CHECK(k.Find("cni0") != nullptr);
}

TEST_CASE("made links: a tunnel gets its keys as soon as it is there") {
  Kernel k;
  const std::string tunnel =
      "name: 'wg0' logical: true kind: 'wireguard' wireguard { private_key: "
      "'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=' listen_port: 7 }";
  const auto made =
      ApplyMadeLinks(AllOf<LinkSpec>(Rows{{"wg0", tunnel}}), k.netlink, k.links, k.wireguard);
  REQUIRE_THAT(made, IsOk());
  REQUIRE(k.Find("wg0") != nullptr);
  CHECK(made->at("wg0").status.code() == absl::StatusCode::kNotFound);  // of the fake alone
  k.wireguard.links[k.Find("wg0")->index] = {.private_key = "", .public_key = ""};
  CHECK_THAT(k.Apply({{"wg0", tunnel}}).at("wg0").status, IsOk());
  CHECK(k.wireguard.links[k.Find("wg0")->index].listen_port == 7);
}

TEST_CASE("made links: a tunnel that cannot have its address has its keys, and says why not") {
  Kernel k;
  k.netlink.links.push_back({.index = 9, .name = "wg0", .kind = "wireguard", .group = kOurGroup});
  k.wireguard.links[9] = {.private_key = "", .public_key = ""};
  const MadeLinkResults results = k.Apply(
      {{"wg0",
        "name: 'wg0' logical: true kind: 'wireguard' hardware_address: 'abcdef' "
        "wireguard { private_key: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=' listen_port: "
        "7 }"}});
  CHECK_THAT(results.at("wg0").status, StatusIs(absl::StatusCode::kUnimplemented,
                                                "change wireguard wg0: Operation not supported"));
  CHECK(k.wireguard.links[9].listen_port == 7);
}

TEST_CASE("made links: a kind that cannot be made is named") {
  Kernel k;
  const MadeLinkResults results = k.Apply({{"vrf0", "name: 'vrf0' logical: true kind: 'vrf'"}});
  CHECK_THAT(results.at("vrf0").status, StatusIs(absl::StatusCode::kFailedPrecondition,
                                                 "links of kind \"vrf\" are not made yet"));
}

TEST_CASE("made links: what the kernel refuses is said, and the others are made") {
  Kernel k;
  const auto desired = AllOf<LinkSpec>({{"bond0", kBond}, {"v7", kVlan}});
  k.netlink.links.push_back({.index = 9, .name = "busy", .kind = "dummy", .group = kOurGroup});
  const auto results = ApplyMadeLinks(desired, k.netlink, k.links, k.wireguard);
  REQUIRE_THAT(results, IsOk());
  CHECK(k.Find("busy") == nullptr);
  CHECK_THAT(results->at("bond0").status, IsOk());
  k.netlink.fail_next = absl::UnavailableError("list links: no answer");
  CHECK_THAT(ApplyMadeLinks(desired, k.netlink, k.links, k.wireguard),
             StatusIs(absl::StatusCode::kUnavailable, "list links: no answer"));
}

}  // namespace ichor::networkd
