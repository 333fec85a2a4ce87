#include "networkd/link/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/runtime/test_rows.h"

namespace ichor::networkd {
namespace {

using network::LinkSpec;
using network::LinkStatus;
using network::OperatorSpec;

Links TwoCards() {
  return AllOf<LinkStatus>({
      {"cni0", "index: 4 type: LINK_ETHER kind: 'bridge' flags: 1"},
      {"enp0s3", "index: 2 type: LINK_ETHER mtu: 1500 hardware_addr: 'RT\\000\\0224V'"},
      {"enp0s4", "index: 3 type: LINK_ETHER mtu: 1500 alias: 'storage' alt_names: 'san0'"},
      {"lo", "index: 1 type: LINK_LOOPBCK flags: 1"},
  });
}

Links OneCard() {
  return AllOf<LinkStatus>({{"enp0s3", "index: 2 type: LINK_ETHER mtu: 1500"},
                            {"lo", "index: 1 type: LINK_LOOPBCK flags: 1"}});
}

ConfigurationRows NoConfiguration() {
  return AllOf<network::NetworkConfiguration>({{"machine-config", "dhcp_by_default: true"}});
}

}  // namespace

TEST_CASE("link names: name, alternative name and alias find a link") {
  const Links links = TwoCards();
  for (const char* name : {"enp0s4", "san0", "storage"}) {
    const auto link = ResolveLink(links, name);
    REQUIRE(link.has_value());
    CHECK(link->name == "enp0s4");
    CHECK_FALSE(link->guessed);
  }
  CHECK_FALSE(ResolveLink(links, "eth0").has_value());
  CHECK_FALSE(ResolveLink(links, "").has_value());
}

TEST_CASE("link names: the hardware address finds a link") {
  const auto link = ResolveLink(TwoCards(), "enx525400123456");
  REQUIRE(link.has_value());
  CHECK(link->name == "enp0s3");
}

TEST_CASE("link names: eth0 means the only card, and that is a guess") {
  const auto link = ResolveLink(OneCard(), "eth0");
  REQUIRE(link.has_value());
  CHECK(link->name == "enp0s3");
  CHECK(link->guessed);
  CHECK_FALSE(ResolveLink(OneCard(), "eth1").has_value());
}

TEST_CASE("default links: loopback and cards are brought up, nothing else, nothing ignored") {
  const auto none = AllOf<runtime::KernelCmdline>({});
  auto links = DefaultLinks(TwoCards(), none, NoConfiguration());
  REQUIRE(links.ok());
  const auto stated = Stated(*std::move(links));
  CHECK(Ids(stated) == "default/enp0s3 default/enp0s4 default/lo");
  const auto ignoring = AllOf<runtime::KernelCmdline>(
      {{"cmdline", "cmdline: 'quiet talos.network.interface.ignore=san0'"}});
  auto others = DefaultLinks(TwoCards(), ignoring, NoConfiguration());
  REQUIRE(others.ok());
  const auto fewer = Stated(*std::move(others));
  CHECK(Ids(fewer) == "default/enp0s3 default/lo");
}

TEST_CASE("default operators: DHCP on cards that nobody configured") {
  const auto wishes = AllOf<Wished<LinkSpec>>(
      {{"cmdline/san0", "name: 'san0' up: true config_layer: CONFIG_CMDLINE"},
       {"default/enp0s3", "name: 'enp0s3' up: true"}});
  auto operators =
      DefaultOperators(TwoCards(), wishes, AllOf<runtime::KernelCmdline>({}), NoConfiguration());
  REQUIRE(operators.ok());
  const auto stated = Stated(*std::move(operators));
  CHECK(Ids(stated) == "default/dhcp4/enp0s3");
}

TEST_CASE("default operators: none for links that the config ignores, nor if it wants none") {
  const auto none = AllOf<runtime::KernelCmdline>({});
  const auto ignoring = AllOf<network::NetworkConfiguration>(
      {{"machine-config",
        "dhcp_by_default: true devices { which { name: 'storage' } ignore: true }"}});
  auto operators = DefaultOperators(TwoCards(), AllOf<Wished<LinkSpec>>({}), none, ignoring);
  REQUIRE(operators.ok());
  const auto stated = Stated(*std::move(operators));
  CHECK(Ids(stated) == "default/dhcp4/enp0s3");
  auto links = DefaultLinks(TwoCards(), none, ignoring);
  REQUIRE(links.ok());
  const auto stated_links = Stated(*std::move(links));
  CHECK(Ids(stated_links) == "default/enp0s3 default/lo");
  auto others = DefaultOperators(TwoCards(), AllOf<Wished<LinkSpec>>({}), none,
                                 AllOf<network::NetworkConfiguration>({{"machine-config", ""}}));
  REQUIRE(others.ok());
  const auto stated_others = Stated(*std::move(others));
  CHECK(stated_others.empty());
}

TEST_CASE("merge links: fields of higher layers replace those of lower ones") {
  auto merged = MergeLinks(AllOf<Wished<LinkSpec>>(
      {{"cmdline/eth0", "name: 'eth0' mtu: 1400 config_layer: CONFIG_CMDLINE"},
       {"default/eth0", "name: 'eth0' up: true mtu: 1500 type: LINK_ETHER"},
       {"dhcp4/eth0/eth0", "name: 'eth0' mtu: 9000 config_layer: CONFIG_OPERATOR"}}));
  REQUIRE(merged.ok());
  const auto rows = Stated(*std::move(merged));
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().spec().up());
  CHECK(rows.front().spec().mtu() == 9000);
  CHECK(rows.front().spec().type() == talos::resource::definitions::enums::LINK_ETHER);
}

TEST_CASE("link plan: only what differs, and what is missing is named") {
  const auto steps = PlanLinks(AllOf<LinkSpec>({{"enp0s3", "name: 'enp0s3' up: true mtu: 1400"},
                                                {"lo", "name: 'lo' up: true"},
                                                {"wan", "name: 'wan' up: true"}}),
                               TwoCards());
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].bring_up);
  CHECK(steps[0].mtu == 1400);
  CHECK_FALSE(steps[1].bring_up);
  CHECK(steps[2].missing);
}

}  // namespace ichor::networkd
