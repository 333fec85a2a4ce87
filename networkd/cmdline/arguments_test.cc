#include "networkd/cmdline/arguments.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"

namespace ichor::networkd {

TEST_CASE("ip=: every field") {
  const auto ip = ParseIpArgument(
      "172.20.0.2:172.20.0.9:172.20.0.1:255.255.255.0:master1:eth1:off:10.0.0.1:10.0.0.2:pool.ntp");
  REQUIRE_THAT(ip, base::IsOk());
  CHECK(ToText(ip->address) == "172.20.0.2/24");
  CHECK(ToText(ip->gateway) == "172.20.0.1");
  CHECK(ip->hostname == "master1");
  CHECK(ip->device == "eth1");
  CHECK_FALSE(ip->dhcp);
  REQUIRE(ip->name_servers.size() == 2);
  CHECK(ToText(ip->name_servers[1]) == "10.0.0.2");
  CHECK(ip->time_server == "pool.ntp");
}

TEST_CASE("ip=: IPv6 stands in brackets, prefix lengths are numbers") {
  const auto ip = ParseIpArgument("[2001:db8::a]::[2001:db8::1]:64:n1:eth0");
  REQUIRE_THAT(ip, base::IsOk());
  CHECK(ToText(ip->address) == "2001:db8::a/64");
  CHECK(ToText(ip->gateway) == "2001:db8::1");
  const auto bare = ParseIpArgument("[2001:db8::a]");
  REQUIRE_THAT(bare, base::IsOk());
  CHECK(ToText(bare->address) == "2001:db8::a/128");
}

TEST_CASE("ip=: DHCP in its short and long forms") {
  const auto on_device = ParseIpArgument("eth0:dhcp");
  REQUIRE_THAT(on_device, base::IsOk());
  CHECK(on_device->dhcp);
  CHECK(on_device->device == "eth0");
  const auto both = ParseIpArgument("10.0.0.2:::24::eth0:dhcp");
  REQUIRE_THAT(both, base::IsOk());
  CHECK(both->dhcp);
  CHECK(ToText(both->address) == "10.0.0.2/24");
}

TEST_CASE("ip=: what makes no sense is named") {
  const auto [value, error] = GENERATE(table<std::string, std::string>({
      {"10.0.0.300::10.0.0.1:24::eth0", "no address: \"10.0.0.300\""},
      {"10.0.0.2:::255.0.255.0::eth0", "no netmask: \"255.0.255.0\""},
      {"10.0.0.2:::33::eth0", "no netmask: \"33\""},
      {"10.0.0.2::[fe80::1]:24::eth0", "a gateway of the other family: \"fe80::1\""},
      {"eth0:bootp", "no such method: \"bootp\""},
      {"[fe80::1:::", "brackets do not match in \"[fe80::1:::\""},
      {"10.0.0.2:::24::eth0/../x:off", "no link name: \"eth0/../x\""},
      {"10.0.0.2:::24:a_b:eth0", "no hostname: \"a_b\""},
      {"1:2:3:4:5:6:7:8:9:10:11", "too many fields in \"1:2:3:4:5:6:7:8:9:10:11\""},
  }));
  CHECK_THAT(ParseIpArgument(value).status(),
             base::StatusIs(absl::StatusCode::kInvalidArgument, error));
}

TEST_CASE("kernel command line: a hostname that is none is named and not taken") {
  const auto name = GENERATE(as<std::string>(), "", "-n1", "n1-", "a..b", "a b", ".", "n1/x",
                             std::string(64, 'a'), std::string(300, 'a'), "n\xc3\xa4");
  const NetworkArguments arguments = ParseNetworkArguments("talos.hostname=" + name);
  if (name == "a b") {  // two words
    CHECK(arguments.hostname == "a");
    return;
  }
  CHECK(arguments.hostname.empty());
  REQUIRE(arguments.errors.size() == 1);
  CHECK(arguments.errors[0] == "talos.hostname=" + name + ": no hostname");
}

TEST_CASE("kernel command line: all that concerns the network, up to the double dash") {
  const NetworkArguments arguments = ParseNetworkArguments(
      "console=ttyS0 ip=dhcp ip=eth0:dhcp talos.hostname=n1.example.org ip=x:y:z "
      "talos.network.interface.ignore=eth7 vlan=eth0.0:eth0\n-- ip=eth1:dhcp");
  REQUIRE(arguments.ip.size() == 1);
  CHECK(arguments.ip[0].device == "eth0");
  CHECK(arguments.hostname == "n1.example.org");
  CHECK(MeanLinksByName(arguments));
  CHECK_FALSE(MeanLinksByName(ParseNetworkArguments("ip=dhcp talos.hostname=n1")));
  CHECK(arguments.ignored == std::vector<std::string>{"eth7"});
  REQUIRE(arguments.errors.size() == 2);
  CHECK(arguments.errors[0] == "ip=x:y:z: no address: \"x\"");
  CHECK(arguments.errors[1] == "vlan=eth0.0:eth0: no VLAN number from 1 to 4094: \"0\"");
}

TEST_CASE("bond=: name, members, options and MTU") {
  const auto bond = ParseBondArgument(
      "bond1:eth2,eth3:mode=802.3ad,miimon=100,lacp_rate=fast,arp_ip_target=10.0.0.1;10.0.0.2,"
      "num_unsol_na=3,primary=eth2:9000");
  REQUIRE_THAT(bond, base::IsOk());
  CHECK(bond->name == "bond1");
  CHECK(bond->members == std::vector<std::string>{"eth2", "eth3"});
  CHECK(bond->mtu == 9000);
  CHECK(bond->settings.mode() == talos::resource::definitions::enums::BOND_MODE8023_AD);
  CHECK(bond->settings.mii_mon() == 100);
  CHECK(bond->settings.lacp_rate() == talos::resource::definitions::enums::LACP_RATE_FAST);
  CHECK(bond->settings.arp_ip_targets_size() == 2);
  CHECK(bond->settings.num_peer_notif() == 3);
  CHECK(bond->settings.primary() == "eth2");
  CHECK(bond->settings.use_carrier());
  const auto shortest = ParseBondArgument("bond0");
  REQUIRE_THAT(shortest, base::IsOk());
  CHECK(shortest->members == std::vector<std::string>{"eth0", "eth1"});
}

TEST_CASE("bond=, vlan=: what makes no sense is named") {
  const auto [value, error] = GENERATE(table<std::string, std::string>({
      {"", "no link name: \"\""},
      {"bond0:eth0:mode=fastest", "mode: no such value: \"fastest\""},
      {"bond0:eth0:colour=red", "no such option of a bond: \"colour\""},
      {"bond0:eth0:arp_ip_target=x", "no address: \"x\""},
      {"bond0:eth0::none", "no MTU: \"none\""},
      {"bond0:eth0:a:b:c", "too many fields in \"bond0:eth0:a:b:c\""},
  }));
  CHECK_THAT(ParseBondArgument(value).status(),
             base::StatusIs(absl::StatusCode::kInvalidArgument, error));
  for (const char* const vlan : {"eth0:eth0", "eth0.x:eth0", "eth0.5000:eth0", "vlan7", "vlan7:"}) {
    CHECK_FALSE(ParseVlanArgument(vlan).ok());
  }
}

TEST_CASE("vlan=: the number is in the name") {
  const auto dotted = ParseVlanArgument("bond0.7:bond0");
  REQUIRE_THAT(dotted, base::IsOk());
  CHECK(dotted->id == 7);
  CHECK(dotted->parent == "bond0");
  CHECK(ParseVlanArgument("vlan4094:eth0").value_or(VlanArgument()).id == 4094);
}

}  // namespace ichor::networkd
