#include "networkd/configuration/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor::networkd {
namespace {

using network::LinkStatus;
using network::NetworkConfiguration;

Links TwoCards() {
  return AllOf<LinkStatus>({
      {"br0", "index: 5 type: LINK_ETHER kind: 'bridge'"},
      {"enp0s3",
       "index: 2 type: LINK_ETHER driver: 'virtio_net' bus_path: '0000:00:03.0' "
       "hardware_addr: 'RT\\000\\0224V' permanent_addr: 'RT\\000\\0224V'"},
      {"enp0s4", "index: 3 type: LINK_ETHER driver: 'e1000' alt_names: 'san0' pci_id: '8086:100E'"},
      {"lo", "index: 1 type: LINK_LOOPBCK flags: 1"},
  });
}

ConfigurationRows Config(const std::string& text) {
  return AllOf<NetworkConfiguration>({{"machine-config", text}});
}

ConfiguredWishes Wishes(const std::string& text, const Links& links = TwoCards()) {
  auto wishes = WishConfiguration(Config(text), links);
  REQUIRE_THAT(wishes, base::IsOk());
  return *std::move(wishes);
}

// The ids of one kind of wishes.
template <std::size_t kIndex>
std::string IdsOf(ConfiguredWishes& wishes) {
  return Ids(Stated(std::move(std::get<kIndex>(wishes))));
}

}  // namespace

TEST_CASE("configuration: a device's rows carry the name that the kernel has for its link") {
  auto wishes = Wishes(R"(
    devices {
      which { name: 'san0' } link { up: true mtu: 1400 config_layer: CONFIG_MACHINE_CONFIGURATION }
      addresses { address { ip: '\n\000\000\005' prefix_length: 24 } }
      routes { family: FAMILY_INET4 gateway { ip: '\n\000\000\001' } priority: 1024 }
      operators { dhcp4 { route_metric: 7 } }
    })");
  CHECK(IdsOf<0>(wishes) == "configuration/enp0s4");
  CHECK(IdsOf<1>(wishes) == "configuration/enp0s4/10.0.0.5/24");
  const auto routes = Stated(std::move(std::get<2>(wishes)));
  CHECK(Ids(routes) == "configuration/inet4/10.0.0.1//1024");
  CHECK(routes.front().spec().out_link_name() == "enp0s4");
  CHECK(IdsOf<3>(wishes) == "configuration/dhcp4/enp0s4");
}

TEST_CASE("configuration: a route over no link is a wish as it is") {
  auto wishes = Wishes(
      "routes { family: FAMILY_INET4 destination { ip: '\\n\\000\\000\\000' prefix_length: 8 } "
      "type: TYPE_BLACKHOLE priority: 9 }");
  const auto routes = Stated(std::move(std::get<2>(wishes)));
  CHECK(Ids(routes) == "configuration/inet4//10.0.0.0/8/9");
  CHECK(routes.front().spec().out_link_name().empty());
}

TEST_CASE("configuration: a selector means each link that fits; what is said twice is one wish") {
  auto wishes = Wishes(R"(
    devices { which { selector { physical: true } } link { up: true } }
    devices { which { name: 'enp0s3' } link { up: true mtu: 9000 } })");
  const auto links = Stated(std::move(std::get<0>(wishes)));
  CHECK(Ids(links) == "configuration/enp0s3 configuration/enp0s4");
  CHECK(links.find("configuration/enp0s3")->spec().mtu() == 9000);
  CHECK(links.find("configuration/enp0s4")->spec().mtu() == 0);
}

TEST_CASE("configuration: VLANs are named after their parents, bridges know their members") {
  auto wishes = Wishes(R"(
    devices { which { name: 'san0' } vlan_on_it: true
              link { kind: 'vlan' logical: true up: true vlan { vid: 7 } } }
    devices { which { name: 'br1' } link { kind: 'bridge' logical: true up: true }
              members { name: 'san0' } })");
  const auto links = Stated(std::move(std::get<0>(wishes)));
  CHECK(Ids(links) == "configuration/br1 configuration/enp0s4 configuration/enp0s4.7");
  CHECK(links.find("configuration/enp0s4.7")->spec().parent_name() == "enp0s4");
  CHECK(links.find("configuration/enp0s4")->spec().bridge_slave().master_name() == "br1");
}

TEST_CASE("configuration: of an ignored link nothing is wished") {
  auto wishes = Wishes("devices { which { name: 'san0' } ignore: true link { up: true } }");
  CHECK(IdsOf<0>(wishes).empty());
}

TEST_CASE("configuration: while machined has not spoken, the last wishes stand") {
  const auto none = AllOf<NetworkConfiguration>({});
  const auto cmdline = AllOf<runtime::KernelCmdline>({});
  CHECK(absl::IsUnavailable(WishConfiguration(none, TwoCards()).status()));
  CHECK(absl::IsUnavailable(DiagnoseLinkNames(none, TwoCards()).status()));
  CHECK(absl::IsUnavailable(DefaultLinks(TwoCards(), cmdline, none).status()));
  CHECK(absl::IsUnavailable(
      DefaultOperators(TwoCards(), AllOf<Wished<network::LinkSpec>>({}), cmdline, none).status()));
}

TEST_CASE("configuration: resolvers and time servers are wishes of their own") {
  auto wishes = Wishes("resolvers { search_domains: 'a' } time_servers { ntp_servers: 'b' }");
  CHECK(IdsOf<4>(wishes) == "configuration/resolvers");
  CHECK(IdsOf<5>(wishes) == "configuration/timeservers");
}

TEST_CASE("diagnostic: a name that only means the one card is named, as is the better one") {
  const Links one = AllOf<LinkStatus>({{"enp0s3", "index: 2 type: LINK_ETHER"}});
  auto rows = DiagnoseLinkNames(Config("devices { which { name: 'eth0' } }"), one);
  REQUIRE_THAT(rows, base::IsOk());
  const auto stated = Stated(*std::move(rows));
  REQUIRE(Ids(stated) == "link-name-guessed");
  CHECK(stated.front().spec().message() ==
        "there is no link eth0: taken to mean enp0s3, the only network card");
  auto none = DiagnoseLinkNames(Config("devices { which { name: 'enp0s3' } }"), one);
  REQUIRE_THAT(none, base::IsOk());
  const auto nothing = Stated(*std::move(none));
  CHECK(nothing.empty());
}

TEST_CASE("configuration: members of a bond and of a bridge say whose they are") {
  auto wishes = Wishes(R"(
    devices {
      which { name: 'bond0' } link { up: true logical: true kind: 'bond' }
      members { name: 'san0' } members { name: 'eth7' }
    }
    devices {
      which { name: 'br1' } link { up: true logical: true kind: 'bridge' } members { name: 'enp0s3' }
    })");
  const auto links = Stated(std::move(std::get<0>(wishes)));
  CHECK(Ids(links) ==
        "configuration/bond0 configuration/br1 configuration/enp0s3 configuration/enp0s4 "
        "configuration/eth7");
  CHECK(links.find("configuration/enp0s4")->spec().bond_slave().master_name() == "bond0");
  CHECK(links.find("configuration/eth7")->spec().bond_slave().slave_index() == 1);
  CHECK(links.find("configuration/enp0s3")->spec().bridge_slave().master_name() == "br1");
}

}  // namespace ichor::networkd
