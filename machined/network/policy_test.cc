#include "machined/network/policy.h"

#include <map>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/config/migrate/migrate.h"
#include "lib/resource/address_text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;
using network::NetworkConfiguration;

All<config::MachineConfig> ConfigOf(const std::string& text) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(text);
  return AllOf<config::MachineConfig>({{"v1alpha1", spec}});
}

NetworkConfiguration::Spec Described(const std::string& text) {
  auto rows = DescribeNetwork(ConfigOf(text));
  REQUIRE_THAT(rows, base::IsOk());
  const auto stated = Stated(std::get<0>(*std::move(rows)));
  REQUIRE(Ids(stated) == "machine-config");
  return stated.front().spec();
}

constexpr const char* kLegacy = R"(
version: v1alpha1
machine:
  type: worker
  network:
    nameservers: [9.9.9.9]
    searchDomains: [example.org]
    interfaces:
      - interface: eth0
        mtu: 1400
        addresses: [10.0.0.5/24, "fd00::5/64"]
        routes:
          - {network: 0.0.0.0/0, gateway: 10.0.0.1}
          - {network: 10.7.0.0/16, gateway: 10.0.0.9, metric: 7, mtu: 1300, source: 10.0.0.5}
        vlans:
          - {vlanId: 7, dhcp: true, mtu: 1200, dhcpOptions: {routeMetric: 50}}
      - deviceSelector: {driver: "virtio*", physical: true}
        dhcp: true
        dhcpOptions: {ipv6: true}
      - {interface: eth9, ignore: true}
    extraHostEntries:
      - {ip: 10.0.0.9, aliases: [Store, store.example.org]}
  time: {servers: [ntp.example.org], bootTimeout: 90s}
  features:
    hostDNS: {enabled: true, forwardKubeDNSToHost: true}
)";

constexpr const char* kDocuments = R"(
apiVersion: v1alpha1
kind: LinkConfig
name: enp0s3
up: false
mtu: 9000
multicast: false
addresses: [{address: 10.0.0.5/24, routePriority: 30}]
routes: [{gateway: 10.0.0.1}]
---
apiVersion: v1alpha1
kind: DHCPv4Config
name: enp0s4
clientIdentifier: duid
duidRaw: "000102"
ignoreRoutes: true
---
apiVersion: v1alpha1
kind: VLANConfig
name: lab
parent: enp0s3
vlanID: 12
vlanMode: 802.1ad
---
apiVersion: v1alpha1
kind: ResolverConfig
nameservers: [{address: 1.1.1.1, protocol: DoT, tlsServerName: one.one}]
searchDomains: {disableDefault: true}
hostDNS: {enabled: true}
---
apiVersion: v1alpha1
kind: TimeSyncConfig
enabled: false
ntp: {servers: [10.0.0.123]}
---
apiVersion: v1alpha1
kind: StaticHostConfig
name: 10.0.0.8
hostnames: [a, b]
---
apiVersion: v1alpha1
kind: StaticHostConfig
name: fd00::8
hostnames: [a]
)";

// All that is wished of each link, by its name.
std::map<std::string, std::string> WishesByLink(const std::string& text) {
  const NetworkConfiguration::Spec spec = Described(text);
  std::map<std::string, definitions::NetworkDevice> links;
  for (definitions::NetworkDevice device : spec.devices()) {
    std::string name = device.which().name();
    if (device.vlan_on_it()) {
      device.mutable_link()->set_parent_name(name);
      device.clear_vlan_on_it();
      name += "." + std::to_string(device.link().vlan().vid());
      device.mutable_which()->set_name(name);
    }
    links[name].MergeFrom(device);
  }
  std::map<std::string, std::string> texts;
  for (const auto& [name, device] : links)
    texts[name] = device.DebugString();
  return texts;
}

TEST_CASE("network config: interfaces that were migrated wish the same of each link") {
  const auto base = config::Load("", R"(version: v1alpha1
machine: {type: worker}
---
apiVersion: v1alpha1
kind: LinkConfig
name: eth5
)");
  REQUIRE_THAT(base.status(), base::IsOk());
  const auto patch = config::ParsePatch("p.yaml", R"(machine:
  network:
    interfaces:
      - interface: eth0
        mtu: 1400
        addresses: [10.0.0.5/24, "fd00::5"]
        routes:
          - {network: 0.0.0.0/0, gateway: 10.0.0.1}
          - {network: 10.7.0.0/16, gateway: 10.0.0.9, metric: 7, mtu: 1300, source: 10.0.0.5}
        vlans:
          - {vlanId: 7, dhcp: true, mtu: 1200, dhcpOptions: {routeMetric: 50}}
      - interface: eth1
        dhcp: true
        dhcpOptions: {ipv6: true, duidv6: "00010203"}
      - {interface: dummy0, dummy: true, cidr: 10.1.0.1/32}
)");
  REQUIRE_THAT(patch.status(), base::IsOk());
  const auto migrated = config::MigratePatch(*patch, *base);
  REQUIRE_THAT(migrated.status(), base::IsOk());
  const auto old_form = config::ApplyPatches(*base, {&*patch, 1});
  const auto new_form = config::ApplyPatches(*base, {&migrated->patch, 1});
  REQUIRE_THAT(old_form.status(), base::IsOk());
  REQUIRE_THAT(new_form.status(), base::IsOk());
  CHECK_FALSE(new_form->text().contains("interfaces"));
  const auto wishes = WishesByLink(std::string(old_form->text()));
  CHECK(wishes.size() == 5);
  CHECK(WishesByLink(std::string(new_form->text())) == wishes);
}

}  // namespace

TEST_CASE("network config: none in force means DHCP everywhere and a resolver of one's own") {
  auto rows = DescribeNetwork(AllOf<config::MachineConfig>({}));
  REQUIRE_THAT(rows, base::IsOk());
  const auto stated = Stated(std::get<0>(*std::move(rows)));
  REQUIRE(stated.size() == 1);
  CHECK(stated.front().spec().dhcp_by_default());
  CHECK(stated.front().spec().host_dns().enabled());
  CHECK(stated.front().spec().devices().empty());
}

TEST_CASE("network config: interfaces of the one-document form become devices, VLANs behind them") {
  const NetworkConfiguration::Spec spec = Described(kLegacy);
  CHECK(spec.dhcp_by_default());
  REQUIRE(spec.devices_size() == 4);
  const auto& eth0 = spec.devices(0);
  CHECK(eth0.which().name() == "eth0");
  CHECK(eth0.link().up());
  CHECK(eth0.link().mtu() == 1400);
  REQUIRE(eth0.addresses_size() == 2);
  CHECK(ToText(eth0.addresses(0).address()) == "10.0.0.5/24");
  CHECK(eth0.addresses(1).family() == enums::FAMILY_INET6);
  REQUIRE(eth0.routes_size() == 2);
  CHECK(eth0.routes(0).priority() == 1024);
  CHECK_FALSE(eth0.routes(0).has_destination());
  CHECK(ToText(eth0.routes(1).destination()) == "10.7.0.0/16");
  CHECK(ToText(eth0.routes(1).source()) == "10.0.0.5");
  CHECK(eth0.routes(1).priority() == 7);
  CHECK(eth0.routes(1).mtu() == 1300);
  CHECK(eth0.operators().empty());
  const auto& vlan = spec.devices(1);
  CHECK(vlan.which().name() == "eth0");
  CHECK(vlan.vlan_on_it());
  CHECK(vlan.link().vlan().vid() == 7);
  CHECK(vlan.link().mtu() == 1200);
  REQUIRE(vlan.operators_size() == 1);
  CHECK(vlan.operators(0).dhcp4().route_metric() == 50);
  const auto& selected = spec.devices(2);
  CHECK(selected.which().selector().driver() == "virtio*");
  CHECK(selected.which().selector().physical());
  REQUIRE(selected.operators_size() == 2);
  CHECK(selected.operators(0).dhcp4().route_metric() == 1024);
  CHECK(selected.operators(1).operator_() == enums::OPERATOR_DHCP6);
  CHECK(spec.devices(3).ignore());
  CHECK_FALSE(spec.devices(3).has_link());
}

TEST_CASE("network config: both forms say the same of a bond") {
  const NetworkConfiguration::Spec legacy = Described(R"(
version: v1alpha1
machine:
  type: worker
  network:
    interfaces:
      - interface: bond0
        bond:
          interfaces: [eth0, eth1]
          deviceSelectors: [{driver: mlx5}]
          mode: active-backup
          primary: eth0
          miimon: 100
          arpIPTarget: [10.0.0.1]
          tlbDynamicLb: 1
          useCarrier: false
)");
  REQUIRE(legacy.devices_size() == 1);
  const auto& one = legacy.devices(0);
  CHECK(one.link().logical());
  CHECK(one.link().kind() == "bond");
  CHECK(one.members_size() == 3);
  CHECK(one.members(2).selector().driver() == "mlx5");
  CHECK(one.link().bond_master().mode() == enums::BOND_MODE_ACTIVE_BACKUP);
  CHECK(one.link().bond_master().mii_mon() == 100);
  CHECK(one.link().bond_master().primary() == "eth0");
  CHECK(ToText(one.link().bond_master().arp_ip_targets(0)) == "10.0.0.1");
  CHECK(one.link().bond_master().tlb_dynamic_lb() == 1);
  CHECK_FALSE(one.link().bond_master().use_carrier());
  const NetworkConfiguration::Spec documents = Described(R"(
apiVersion: v1alpha1
kind: BondConfig
name: bond0
links: [eth0, eth1]
bondMode: 802.3ad
xmitHashPolicy: layer3+4
lacpRate: fast
adLACPActive: "off"
resendIGMP: 3
missedMax: 5
hardwareAddr: "02:00:00:00:00:01"
)");
  REQUIRE(documents.devices_size() == 1);
  const auto& bond = documents.devices(0).link();
  CHECK(bond.kind() == "bond");
  CHECK(documents.devices(0).members_size() == 2);
  CHECK(bond.bond_master().mode() == enums::BOND_MODE8023_AD);
  CHECK(bond.bond_master().hash_policy() == enums::BOND_XMIT_POLICY_LAYER34);
  CHECK(bond.bond_master().lacp_rate() == enums::LACP_RATE_FAST);
  CHECK(bond.bond_master().has_ad_lacp_active());
  CHECK(bond.bond_master().resend_igmp() == 3);
  CHECK(bond.bond_master().missed_max() == 5);
  CHECK(bond.bond_master().use_carrier());
  CHECK(bond.hardware_address().size() == 6);
}

TEST_CASE("network config: both forms say the same of a tunnel") {
  const NetworkConfiguration::Spec legacy = Described(R"(
version: v1alpha1
machine:
  type: worker
  network:
    interfaces:
      - interface: wg0
        wireguard:
          privateKey: ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=
          listenPort: 51820
          firewallMark: 32
          peers:
            - publicKey: AAEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=
              endpoint: 10.0.0.9:51820
              persistentKeepaliveInterval: 25s
              allowedIPs: [10.1.0.0/16]
)");
  const NetworkConfiguration::Spec documents = Described(R"(
apiVersion: v1alpha1
kind: WireguardConfig
name: wg0
privateKey: ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=
listenPort: 51820
firewallMark: 32
peers:
  - publicKey: AAEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=
    endpoint: 10.0.0.9:51820
    persistentKeepaliveInterval: 25s
    allowedIPs: [10.1.0.0/16]
)");
  REQUIRE(documents.devices_size() == 1);
  const auto& link = documents.devices(0).link();
  CHECK(link.kind() == "wireguard");
  CHECK(link.type() == enums::LINK_NONE);
  CHECK(link.wireguard().listen_port() == 51820);
  CHECK(link.wireguard().peers(0).persistent_keepalive_interval().seconds() == 25);
  CHECK(ToText(link.wireguard().peers(0).allowed_ips(0)) == "10.1.0.0/16");
  CHECK(legacy.devices(0).link().wireguard().ShortDebugString() ==
        link.wireguard().ShortDebugString());
}

TEST_CASE("network config: names and time of the one-document form") {
  const NetworkConfiguration::Spec spec = Described(kLegacy);
  REQUIRE(spec.resolvers().dns_servers_size() == 1);
  CHECK(ToText(spec.resolvers().dns_servers(0)) == "9.9.9.9");
  CHECK(spec.resolvers().search_domains(0) == "example.org");
  CHECK(spec.resolvers().search_domains_overridden());
  CHECK(spec.time_servers().ntp_servers(0) == "ntp.example.org");
  CHECK(spec.time_sync().boot_timeout().seconds() == 90);
  CHECK(spec.host_dns().serves_pods_v4());  // 10.244.0.0/16 is the default
  CHECK_FALSE(spec.host_dns().serves_pods_v6());
  REQUIRE(spec.static_hosts_size() == 1);
  CHECK(ToText(spec.static_hosts(0).address()) == "10.0.0.9");
  CHECK(spec.static_hosts(0).names_size() == 2);
}

TEST_CASE("network config: documents say the same, and then no other link asks for a lease") {
  const NetworkConfiguration::Spec spec = Described(kDocuments);
  CHECK_FALSE(spec.dhcp_by_default());
  REQUIRE(spec.devices_size() == 3);
  const auto& link = spec.devices(0);
  CHECK(link.which().name() == "enp0s3");
  CHECK_FALSE(link.link().up());
  CHECK(link.link().mtu() == 9000);
  CHECK(link.link().has_multicast());
  CHECK(link.addresses(0).priority() == 30);
  CHECK(ToText(link.routes(0).gateway()) == "10.0.0.1");
  const auto& vlan = spec.devices(1);
  CHECK(vlan.which().name() == "lab");
  CHECK(vlan.link().parent_name() == "enp0s3");
  CHECK(vlan.link().vlan().protocol() == enums::VLAN_PROTOCOL8021_AD);
  const auto& dhcp = spec.devices(2);
  CHECK_FALSE(dhcp.has_link());
  CHECK(dhcp.operators(0).dhcp4().skip_routes());
  CHECK(dhcp.operators(0).dhcp4().client_identifier().duid_raw_hex() == "000102");
  CHECK(spec.resolvers().name_servers(0).protocol() == enums::DNS_PROTOCOL_DNS_OVER_TLS);
  CHECK(spec.no_default_search_domain());
  CHECK_FALSE(spec.resolvers().search_domains_overridden());
  CHECK(spec.time_sync().disabled());
  CHECK(spec.time_servers().ntp_servers(0) == "10.0.0.123");
}

TEST_CASE("network config: a route that drops packets is over no link, and says nothing of links") {
  const NetworkConfiguration::Spec spec = Described(R"(
apiVersion: v1alpha1
kind: BlackholeRouteConfig
name: 10.0.0.0/8
---
apiVersion: v1alpha1
kind: BlackholeRouteConfig
name: fd00::/8
metric: 7
)");
  CHECK(spec.dhcp_by_default());
  CHECK(spec.devices().empty());
  REQUIRE(spec.routes_size() == 2);
  CHECK(ToText(spec.routes(0).destination()) == "10.0.0.0/8");
  CHECK(spec.routes(0).type() == enums::TYPE_BLACKHOLE);
  CHECK(spec.routes(0).priority() == 1024);
  CHECK(spec.routes(1).family() == enums::FAMILY_INET6);
  CHECK(spec.routes(1).priority() == 7);
}

TEST_CASE("network config: what ethtool sets of a card") {
  const NetworkConfiguration::Spec spec = Described(R"(
apiVersion: v1alpha1
kind: EthernetConfig
name: enp0s3
features: {rx-gro: false, tx-checksum-ipv4: true}
rings: {rx: 512, tx: 256, rx-push: true, tcp-data-split: false}
channels: {combined: 4}
wakeOnLan: [magic, unicast]
)");
  REQUIRE(spec.ethernet_size() == 1);
  CHECK(spec.ethernet(0).which().name() == "enp0s3");
  const auto& settings = spec.ethernet(0).settings();
  CHECK(settings.features().at("tx-checksum-ipv4"));
  CHECK_FALSE(settings.features().at("rx-gro"));
  CHECK(settings.rings().rx() == 512);
  CHECK(settings.rings().tx() == 256);
  CHECK_FALSE(settings.rings().has_rx_mini());
  CHECK(settings.rings().rx_push());
  CHECK(settings.rings().has_tcp_data_split());
  CHECK(settings.channels().combined() == 4);
  CHECK(settings.wake_on_lan_size() == 2);
  CHECK(settings.wake_on_lan(0) == enums::WOL_MODE_MAGIC);
}

TEST_CASE("network config: a static host's name has all of its addresses") {
  auto rows = DescribeNetwork(ConfigOf(kDocuments));
  REQUIRE_THAT(rows, base::IsOk());
  const auto hosts = Stated(std::get<1>(*std::move(rows)));
  CHECK(Ids(hosts) == "a b");
  REQUIRE(hosts.find("a")->spec().addresses_size() == 2);
  CHECK(ToText(hosts.find("a")->spec().addresses(0)) == "10.0.0.8");
  CHECK(ToText(hosts.find("a")->spec().addresses(1)) == "fd00::8");
}

}  // namespace ichor
