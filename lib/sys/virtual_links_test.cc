// The contract of sys::VirtualLinks, over the fake and the real one; the real one in a network
// namespace of its own, where the kernel has the kinds.
#include "lib/sys/virtual_links.h"

#include <linux/if.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "catch2/catch_template_test_macros.hpp"
#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_virtual_links.h"
#include "lib/sys/linux_netlink.h"
#include "lib/sys/linux_virtual_links.h"
#include "lib/sys/test_network.h"

namespace ichor::sys {
namespace {

using base::IsOk;

constexpr std::uint32_t kGroup = 0x49;
constexpr std::uint32_t kMissing = 4711;

template <class T>
struct World;

template <>
struct World<FakeVirtualLinks> {
  World() { netlink.links = {{.index = 2, .name = "eth0", .mtu = 1500}}; }
  FakeNetlink netlink;
  FakeVirtualLinks links{netlink};
  std::uint32_t card = 2;
};

template <>
struct World<LinuxVirtualLinks> {
  World() : other(EnterNewNetwork()), here(EnterNewNetwork()) {
    MakeVethPair("eth0", "peer0", other);
    card = LinkIndexOf("eth0");
  }
  KeepNetwork keep;
  base::UniqueFd other;
  base::UniqueFd here;
  std::unique_ptr<LinuxNetlink> owned_netlink = *LinuxNetlink::Create();
  std::unique_ptr<LinuxVirtualLinks> owned_links = *LinuxVirtualLinks::Create();
  LinuxNetlink& netlink = *owned_netlink;
  LinuxVirtualLinks& links = *owned_links;
  std::uint32_t card = 0;
};

std::optional<NetLink> Find(Netlink& netlink, const std::string& name) {
  const auto links = netlink.Links();
  REQUIRE_THAT(links, IsOk());
  const auto found = std::ranges::find(*links, name, &NetLink::name);
  return found == links->end() ? std::nullopt : std::optional(*found);
}

VirtualLink Bond() {
  return {.name = "made0",
          .kind = "bond",
          .group = kGroup,
          .settings = BondSettings{.options = {{BondOption::kMode, 1}, {BondOption::kMiimon, 100}},
                                   .arp_targets = std::nullopt,
                                   .ns_targets = std::nullopt}};
}

}  // namespace

TEMPLATE_TEST_CASE("virtual links: one is made once, shows its kind and mark, and is removed",
                   "[kernel]", FakeVirtualLinks, LinuxVirtualLinks) {
  World<TestType> w;
  VirtualLink link = Bond();
  const std::string kind = GENERATE(as<std::string>(), "bond", "vlan", "bridge", "dummy");
  link.kind = kind;
  if (kind != "bond") {
    link.settings = LinkSettings();
  }
  if (kind == "vlan") {
    link.lower = w.card;
    link.settings = VlanSettings{.id = 7};
  }
  const absl::Status made = w.links.Make(link);
  if (absl::IsUnimplemented(made)) {
    SKIP("this kernel has no " << kind);
  }
  REQUIRE_THAT(made, IsOk());
  const std::optional<NetLink> shown = Find(w.netlink, "made0");
  REQUIRE(shown.has_value());
  CHECK(shown->kind == kind);
  CHECK(shown->group == kGroup);
  CHECK((shown->flags & IFF_UP) == 0);
  CHECK(w.links.Make(link).code() == absl::StatusCode::kAlreadyExists);
  REQUIRE_THAT(w.links.Remove(shown->index), IsOk());
  CHECK_FALSE(Find(w.netlink, "made0").has_value());
  CHECK(w.links.Remove(shown->index).code() == absl::StatusCode::kNotFound);
}

TEMPLATE_TEST_CASE("virtual links: a kind that the kernel does not know is said to be so",
                   "[kernel]", FakeVirtualLinks, LinuxVirtualLinks) {
  World<TestType> w;
  CHECK(w.links.Make({.name = "x", .kind = "no-such-kind", .settings = {}}).code() ==
        absl::StatusCode::kUnimplemented);
}

TEMPLATE_TEST_CASE("virtual links: a bond changes in place, and takes only links that are down",
                   "[kernel]", FakeVirtualLinks, LinuxVirtualLinks) {
  World<TestType> w;
  VirtualLink bond = Bond();
  if (const absl::Status made = w.links.Make(bond); absl::IsUnimplemented(made)) {
    SKIP("this kernel has no bond");
  }
  const std::uint32_t index = Find(w.netlink, "made0").value_or(NetLink()).index;
  bond.settings = BondSettings{.options = {{BondOption::kMiimon, 200}},
                               .arp_targets = std::nullopt,
                               .ns_targets = std::nullopt};
  REQUIRE_THAT(w.links.Change(index, bond), IsOk());
  const NetLink changed = Find(w.netlink, "made0").value_or(NetLink());
  const auto* const settings = std::get_if<BondSettings>(&changed.settings);
  REQUIRE(settings != nullptr);
  CHECK(settings->options.at(BondOption::kMiimon) == 200);
  CHECK(settings->options.at(BondOption::kMode) == 1);

  REQUIRE_THAT(w.netlink.ChangeLink(w.card, {.up = true, .mtu = {}}), IsOk());
  CHECK(w.links.SetMaster(w.card, index).code() == absl::StatusCode::kPermissionDenied);
  REQUIRE_THAT(w.netlink.ChangeLink(w.card, {.up = false, .mtu = {}}), IsOk());
  REQUIRE_THAT(w.links.SetMaster(w.card, index), IsOk());
  CHECK(Find(w.netlink, "eth0").value_or(NetLink()).master == index);
  REQUIRE_THAT(w.links.SetMaster(w.card, 0), IsOk());
  CHECK(Find(w.netlink, "eth0").value_or(NetLink()).master == 0);
  CHECK(w.links.SetMaster(w.card, kMissing).code() == absl::StatusCode::kNotFound);
}

TEMPLATE_TEST_CASE("virtual links: any link takes an alias, and gives it back", "[kernel]",
                   FakeVirtualLinks, LinuxVirtualLinks) {
  World<TestType> w;
  REQUIRE_THAT(w.links.SetAlias(w.card, "uplink"), IsOk());
  CHECK(Find(w.netlink, "eth0").value_or(NetLink()).alias == "uplink");
  REQUIRE_THAT(w.links.SetAlias(w.card, ""), IsOk());
  CHECK(Find(w.netlink, "eth0").value_or(NetLink()).alias.empty());
  CHECK(w.links.SetAlias(kMissing, "x").code() == absl::StatusCode::kNotFound);
}

}  // namespace ichor::sys
