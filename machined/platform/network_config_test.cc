#include "machined/platform/network_config.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;
using Config = network::PlatformConfig::Spec;

All<network::LinkStatus> TwoCards() {
  return AllOf<network::LinkStatus>(
      {{"bond9", "type: LINK_ETHER kind: 'bond' hardware_addr: 'RT\\000\\0224V'"},
       {"enp0s3", "type: LINK_ETHER permanent_addr: 'RT\\000\\0224V'"},
       {"enp0s4", "type: LINK_ETHER hardware_addr: 'RT\\000\\0224W'"}});
}

// What is configured, a line each.
std::string Shown(const Config& config) {
  std::string text;
  for (const auto& link : config.links()) {
    text += "link " + link.name() + (link.up() ? "" : " down") +
            (link.mtu() == 0 ? "" : " mtu " + std::to_string(link.mtu())) +
            (link.has_vlan()
                 ? " vlan " + std::to_string(link.vlan().vid()) + " on " + link.parent_name()
                 : "") +
            (link.has_bond_slave() ? " in " + link.bond_slave().master_name() : "") +
            (link.kind().empty() ? "" : " " + link.kind()) + "\n";
  }
  for (const auto& address : config.addresses()) {
    text += "address " + address.link_name() + " " + ToText(address.address()) + "\n";
  }
  for (const auto& route : config.routes()) {
    text += "route " + route.out_link_name() + " " + ToText(route.destination()) + " via " +
            ToText(route.gateway()) + " " + std::to_string(route.priority()) + "\n";
  }
  for (const auto& spec : config.operators()) {
    text += (spec.has_dhcp4() ? "dhcp4 " : "dhcp6 ") + spec.link_name() + " " +
            std::to_string(spec.has_dhcp4() ? spec.dhcp4().route_metric()
                                            : spec.dhcp6().route_metric()) +
            (spec.require_up() ? "\n" : " at once\n");
  }
  for (const auto& resolvers : config.resolvers()) {
    for (const auto& server : resolvers.dns_servers()) {
      text += "dns " + ToText(server) + "\n";
    }
  }
  for (const auto& address : config.external_ips()) {
    text += "external " + ToText(address) + "\n";
  }
  return text;
}

constexpr const char* kVersion1 = R"(
network:
  version: 1
  config:
    - type: physical
      name: eth0
      mac_address: "52:54:00:12:34:56"
      mtu: 1400
      subnets:
        - {type: static, address: 10.9.0.5, netmask: 255.255.255.0, gateway: 10.9.0.1}
        - {type: static6, address: "fd00::5/64", gateway: "fd00::1"}
    - {type: physical, name: eth1, mac_address: "52:54:00:12:34:57"}
    - type: bond
      name: bond0
      bond_interfaces: [eth1]
      params: {bond-mode: active-backup, bond-miimon: 100}
      subnets: [{type: dhcp4}, {type: ipv6_dhcpv6-stateful}]
    - {type: vlan, name: lab, vlan_id: 7, vlan_link: eth0}
    - {type: nameserver, address: [9.9.9.9, "2620:fe::fe"]}
)";

constexpr const char* kVersion2 = R"(
version: 2
ethernets:
  lan:
    match: {macaddress: "52:54:00:12:34:56", name: ignored}
    mtu: 1400
    addresses: [10.9.0.5/24, "fd00::5/64"]
    gateway4: 10.9.0.1
    gateway6: "fd00::1"
    nameservers: {addresses: [9.9.9.9], search: [example]}
    routes:
      - {to: 10.7.0.0/16, via: 10.9.0.2, metric: 7, table: 100}
      - {to: default, via: 10.8.0.1, on-link: true}
  enp0s4: {dhcp4: true, dhcp6: true}
bonds:
  bond0: {interfaces: [enp0s4], parameters: {mode: 802.3ad, lacp-rate: fast}}
vlans:
  lab: {id: 7, link: lan}
)";

}  // namespace

TEST_CASE("network-config 1: links by hardware address, subnets, bonds, VLANs, servers") {
  const PlatformReading reading = ReadNocloudNetwork(kVersion1, TwoCards());
  CHECK(reading.problems.empty());
  CHECK(Shown(reading.config) ==
        "link enp0s3 mtu 1400\n"
        "link enp0s4 in bond0\n"
        "link bond0 bond\n"
        "link lab vlan 7 on enp0s3 vlan\n"
        "address enp0s3 10.9.0.5/24\n"
        "address enp0s3 fd00::5/64\n"
        "route enp0s3  via 10.9.0.1 1024\n"
        "route enp0s3  via fd00::1 2048\n"
        "dhcp4 bond0 1024\n"
        "dhcp6 bond0 2048\n"
        "dns 9.9.9.9\n"
        "dns 2620:fe::fe\n");
  CHECK(reading.config.links(2).bond_master().mode() == enums::BOND_MODE_ACTIVE_BACKUP);
  CHECK(reading.config.links(2).bond_master().mii_mon() == 100);
  CHECK(reading.config.addresses(0).config_layer() == enums::CONFIG_PLATFORM);
  CHECK(reading.config.links(0).config_layer() == enums::CONFIG_PLATFORM);
}

TEST_CASE("network-config 2: the same in mappings, with routes") {
  const PlatformReading reading = ReadNocloudNetwork(kVersion2, TwoCards());
  CHECK(reading.problems.empty());
  CHECK(Shown(reading.config) ==
        "link enp0s3 mtu 1400\n"
        "link enp0s4 in bond0\n"
        "link bond0 bond\n"
        "link lab vlan 7 on enp0s3 vlan\n"
        "address enp0s3 10.9.0.5/24\n"
        "address enp0s3 fd00::5/64\n"
        "route enp0s3  via 10.9.0.1 1024\n"
        "route enp0s3  via fd00::1 2048\n"
        "route enp0s3 10.7.0.0/16 via 10.9.0.2 7\n"
        "route enp0s3 10.8.0.1/32 via  1024\n"
        "route enp0s3  via 10.8.0.1 1024\n"
        "dhcp4 enp0s4 1024\n"
        "dhcp6 enp0s4 1024\n"
        "dns 9.9.9.9\n");
  CHECK(reading.config.links(2).bond_master().lacp_rate() == enums::LACP_RATE_FAST);
  CHECK(static_cast<int>(reading.config.routes(2).table()) == 100);
}

TEST_CASE("network-config: what makes no sense is named with its place, and the rest is done") {
  const PlatformReading reading = ReadNocloudNetwork(R"(version: 1
config:
  - {type: physical, name: eth0, mac_address: "00:00:00:00:00:01", mtu: big}
  - {type: tunnel, name: tun0}
  - type: physical
    name: enp0s4
    subnets:
      - {type: static, address: 10.9.0.500/24}
      - {type: static, address: 10.9.0.5, netmask: 255.0.255.0}
      - {type: magic}
      - {type: static, address: 10.9.0.6/24, gateway: there}
  - 17
  - {type: vlan, name: lab, vlan_id: 5000, vlan_link: eth0}
)",
                                                     TwoCards());
  CHECK(Shown(reading.config) ==
        "link eth0\nlink enp0s4\nlink lab vlan 5000 on eth0 vlan\naddress enp0s4 10.9.0.6/24\n");
  CHECK(reading.problems ==
        std::vector<std::string>{
            "network-config:12:5: expected a mapping, got \"17\"",
            ("network-config:3:47: mac_address: no network card has the hardware address "
             "00:00:00:00:00:01"),
            "network-config:3:73: mtu: \"big\" is no number",
            "network-config:4:12: type: \"tunnel\" is not known",
            "network-config:8:33: address: \"10.9.0.500/24\" is no address",
            "network-config:9:52: netmask: \"255.0.255.0\" is no mask",
            "network-config:10:16: type: \"magic\" is not known",
            "network-config:11:55: gateway: \"there\" is no address",
            "network-config:13:38: vlan_id: expected a number from 1 to 4094"});
}

TEST_CASE("network-config: another version, and no YAML, are said") {
  CHECK(ReadNocloudNetwork("version: 3", TwoCards()).problems ==
        std::vector<std::string>{"network-config:1:10: version: expected 1 or 2"});
  CHECK(ReadHcloudNetwork("version: 2", TwoCards()).problems ==
        std::vector<std::string>{"network-config:1:10: version: expected 1"});
  CHECK(ReadNocloudNetwork("a: [", TwoCards()).problems.size() == 1);
  CHECK(ReadNocloudNetwork("a: 1", AllOf<network::LinkStatus>({})).problems ==
        std::vector<std::string>{"network-config:1:1: version: expected 1 or 2"});
}

TEST_CASE("network-config of hcloud: leases by IPv4, fixed addresses by IPv6, which others see") {
  const PlatformReading reading = ReadHcloudNetwork(R"(
version: 1
config:
  - type: physical
    name: eth0
    subnets:
      - {ipv4: true, type: dhcp}
      - {ipv6: true, type: static, address: "2a01:4f8::1/64", gateway: "fe80::1",
         dns_nameservers: ["2a01:4ff::1"]}
)",
                                                    TwoCards());
  CHECK(reading.problems.empty());
  CHECK(Shown(reading.config) ==
        "link eth0\n"
        "address eth0 2a01:4f8::1/64\n"
        "route eth0  via fe80::1 1024\n"
        "dhcp4 eth0 1024 at once\n"
        "external 2a01:4f8::1\n");
}

TEST_CASE("platform config: the resource in YAML; what follows from the rest may be left out") {
  const auto config = ReadPlatformConfig(R"(
addresses:
  - {address: 10.9.0.5/24, linkName: eth0, family: inet4, scope: global, flags: permanent, layer: platform}
  - {address: "fd00::5/64", linkName: eth0}
links:
  - {name: eth0, logical: false, up: true, mtu: 1400, kind: "", type: ether, layer: configuration}
routes:
  - {gateway: 10.9.0.1, outLinkName: eth0, priority: 1024}
hostnames: [{hostname: n1, domainname: lab, layer: platform}]
resolvers: [{dnsServers: [9.9.9.9], layer: platform}]
timeServers: [{timeServers: [ntp.example], layer: platform}]
operators: [{operator: dhcp4, linkName: eth1, requireUp: true, dhcp4: {routeMetric: 0}}]
externalIPs: [5.9.0.1]
)");
  REQUIRE_THAT(config, base::IsOk());
  CHECK(Shown(*config) ==
        "link eth0 mtu 1400\n"
        "address eth0 10.9.0.5/24\n"
        "address eth0 fd00::5/64\n"
        "route eth0  via 10.9.0.1 1024\n"
        "dhcp4 eth1 1024\n"
        "dns 9.9.9.9\n"
        "external 5.9.0.1\n");
  CHECK(config->addresses(1).family() == enums::FAMILY_INET6);
  CHECK(config->links(0).config_layer() == enums::CONFIG_PLATFORM);
  CHECK(config->routes(0).type() == enums::TYPE_UNICAST);
  CHECK(config->routes(0).table() == enums::TABLE_MAIN);
  CHECK(config->resolvers(0).name_servers_size() == 1);
  CHECK_FALSE(ReadPlatformConfig("links: [{name: eth0, mtu: big}]").ok());
}

}  // namespace ichor
