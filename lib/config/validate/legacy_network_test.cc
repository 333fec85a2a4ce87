#include "catch2/catch_test_macros.hpp"
#include "lib/config/validate/complaint.h"

namespace ichor::config {
namespace {

TEST_CASE("validate: interfaces: an interface is chosen in one way") {
  CheckInterfaces(
      {{"{dhcp: true}",
        "5:18: machine.network.interfaces[0]: neither interface nor deviceSelector is set"},
       {"{interface: a, deviceSelector: {driver: b}}",
        "5:18: machine.network.interfaces[0]: interface and deviceSelector are both set"},
       {"{deviceSelector: {}}",
        "5:35: machine.network.interfaces[0].deviceSelector: an empty selector matches "
        "everything"},
       {"{interface: a, ignore: true, addresses: [x]}", ""}});
}

TEST_CASE("validate: interfaces: a link is part of one other") {
  CheckInterfaces(
      {{"{interface: a, bond: {mode: balance-rr}, bridge: {}}",
        "5:18: machine.network.interfaces[0]: an interface cannot be a bond and a bridge"},
       {"{interface: a, bond: {mode: balance-rr, interfaces: [b], deviceSelectors: [{driver: "
        "c}]}}",
        "5:39: machine.network.interfaces[0].bond: interfaces and deviceSelectors are both "
        "set"},
       {"{interface: a, bridge: {interfaces: [c]}}, {interface: b, bridge: {interfaces: [c]}}",
        "5:98: machine.network.interfaces[1].bridge.interfaces[0]: the link \"c\" is already "
        "part of \"a\""},
       {"{interface: a, bridge: {interfaces: [b, c, d, e]}}, {interface: b, dhcp: true}, "
        "{interface: c, cidr: 10.0.0.1/8}, {interface: d, addresses: [10.0.0.1]}, "
        "{interface: e, mtu: 1}",
        "5:70: machine.network.interfaces[1]: the link is part of \"a\": it cannot have "
        "dhcp, cidr, addresses or vip\n"
        "5:98: machine.network.interfaces[2]: the link is part of \"a\": it cannot have "
        "dhcp, cidr, addresses or vip\n"
        "5:119: warning: machine.network.interfaces[2].cidr: deprecated (use addresses)\n"
        "5:132: machine.network.interfaces[3]: the link is part of \"a\": it cannot have "
        "dhcp, cidr, addresses or vip"}});
}

TEST_CASE("validate: interfaces: addresses of interfaces are stated once, and are some") {
  CheckInterfaces(
      {{"{interface: a, cidr: 10.0.0.1/8, addresses: [10.0.0.2/8]}",
        "5:18: machine.network.interfaces[0]: cidr and addresses are both set\n"
        "5:39: warning: machine.network.interfaces[0].cidr: deprecated (use addresses)"},
       {"{interface: a, cidr: 10.0.0.1}",
        "5:39: warning: machine.network.interfaces[0].cidr: deprecated (use addresses)\n"
        "5:39: machine.network.interfaces[0].cidr: \"10.0.0.1\" is no IP prefix such as "
        "10.0.0.0/8"},
       {"{interface: a, addresses: [x, 10.0.0.1, 'fd00::1/64']}",
        "5:45: machine.network.interfaces[0].addresses[0]: \"x\" is no IP address"},
       {"{interface: a, vlans: [{vlanId: 1, cidr: 10.0.0.1/8, addresses: [y]}]}",
        "5:41: machine.network.interfaces[0].vlans[0]: cidr and addresses are both set\n"
        "5:59: warning: machine.network.interfaces[0].vlans[0].cidr: deprecated (use "
        "addresses)\n"
        "5:83: machine.network.interfaces[0].vlans[0].addresses[0]: \"y\" is no IP address"}});
}

TEST_CASE("validate: interfaces: virtual addresses are for control planes") {
  CheckInterfaces(
      {{"{interface: a, vip: {ip: 10.0.0.1}}",
        "5:38: machine.network.interfaces[0].vip: a worker cannot have a virtual IP"},
       {"{interface: a, vlans: [{vlanId: 1, vip: {ip: 10.0.0.1}}]}",
        "5:58: machine.network.interfaces[0].vlans[0].vip: a worker cannot have a virtual IP"}});
  CheckControlPlane(
      {{"  network: {interfaces: [{interface: a, vip: {ip: x}, vlans: [{vlanId: 1, vip: "
        "{}}]}]}\n",
        "4:51: machine.network.interfaces[0].vip.ip: \"x\" is no IP address\n"
        "4:80: machine.network.interfaces[0].vlans[0].vip.ip: \"\" is no IP address"}});
}

TEST_CASE("validate: interfaces: routes of interfaces lead somewhere") {
  CheckInterfaces(
      {{"{interface: a, routes: [{metric: 1}]}",
        "5:42: machine.network.interfaces[0].routes[0]: neither network nor gateway is set"},
       {"{interface: a, routes: [{network: a, gateway: b, source: c}]}",
        "5:52: machine.network.interfaces[0].routes[0].network: \"a\" is no IP prefix such "
        "as 10.0.0.0/8\n"
        "5:64: machine.network.interfaces[0].routes[0].gateway: \"b\" is no IP address\n"
        "5:75: machine.network.interfaces[0].routes[0].source: \"c\" is no IP address"},
       {"{interface: a, vlans: [{vlanId: 1, routes: [{}]}]}",
        "5:62: machine.network.interfaces[0].vlans[0].routes[0]: neither network nor gateway "
        "is set"}});
}

TEST_CASE("validate: interfaces: options of a bond are known words") {
  CheckInterfaces(
      {{"{interface: a, bond: {mode: x, xmitHashPolicy: x, lacpRate: x, arpValidate: x, "
        "arpAllTargets: x, primaryReselect: x, failOverMac: x, adSelect: x}}",
        "5:46: machine.network.interfaces[0].bond.mode: unknown value \"x\"\n"
        "5:65: machine.network.interfaces[0].bond.xmitHashPolicy: unknown value \"x\"\n"
        "5:78: machine.network.interfaces[0].bond.lacpRate: unknown value \"x\"\n"
        "5:94: machine.network.interfaces[0].bond.arpValidate: unknown value \"x\"\n"
        "5:94: machine.network.interfaces[0].bond.arpValidate: only supported in the modes "
        "balance-rr, active-backup, balance-xor, broadcast\n"
        "5:112: machine.network.interfaces[0].bond.arpAllTargets: unknown value \"x\"\n"
        "5:132: machine.network.interfaces[0].bond.primaryReselect: unknown value \"x\"\n"
        "5:148: machine.network.interfaces[0].bond.failOverMac: unknown value \"x\"\n"
        "5:161: machine.network.interfaces[0].bond.adSelect: unknown value \"x\""},
       {"{interface: a, bond: {}}", "5:39: machine.network.interfaces[0].bond.mode: required"}});
}

TEST_CASE("validate: interfaces: delays of a bond are multiples of miimon") {
  CheckInterfaces(
      {{"{interface: a, bond: {mode: balance-rr, updelay: 5, downdelay: 6}}",
        "5:67: machine.network.interfaces[0].bond.updelay: needs miimon to be set\n"
        "5:81: machine.network.interfaces[0].bond.downdelay: needs miimon to be set"},
       {"{interface: a, bond: {mode: balance-rr, miimon: 5, updelay: 5, downdelay: 6}}",
        "5:92: machine.network.interfaces[0].bond.downdelay: must be a multiple of miimon, 5"}});
}

TEST_CASE("validate: interfaces: options of a bond fit its mode") {
  CheckInterfaces(
      {{"{interface: a, bond: {mode: balance-rr, arpIPTarget: [a], adActorSystem: b}}",
        "5:71: machine.network.interfaces[0].bond.arpIPTarget: not supported\n"
        "5:91: machine.network.interfaces[0].bond.adActorSystem: not supported"},
       {"{interface: a, bond: {mode: balance-rr, lacpRate: fast, adActorSysPrio: 1, "
        "adUserPortKey: 1}}",
        "5:68: machine.network.interfaces[0].bond.lacpRate: only supported in the modes "
        "802.3ad\n"
        "5:90: machine.network.interfaces[0].bond.adActorSysPrio: only supported in the "
        "modes 802.3ad\n"
        "5:108: machine.network.interfaces[0].bond.adUserPortKey: only supported in the "
        "modes 802.3ad"},
       {"{interface: a, bond: {mode: 802.3ad, lacpRate: fast, adActorSysPrio: 1, "
        "adUserPortKey: 1}}",
        ""},
       {"{interface: a, bond: {mode: 802.3ad, arpValidate: all, arpInterval: 1}}",
        "5:68: machine.network.interfaces[0].bond.arpValidate: only supported in the modes "
        "balance-rr, active-backup, balance-xor, broadcast\n"
        "5:86: machine.network.interfaces[0].bond.arpInterval: only supported in the modes "
        "balance-rr, active-backup, balance-xor, broadcast"},
       {"{interface: a, bond: {mode: balance-rr, primary: b}}",
        "5:67: machine.network.interfaces[0].bond.primary: only supported in the modes "
        "active-backup, balance-tlb, balance-alb"},
       {"{interface: a, bond: {mode: active-backup, primary: b}}", ""},
       {"{interface: a, bond: {mode: active-backup, packetsPerSlave: 2}}",
        "5:78: machine.network.interfaces[0].bond.packetsPerSlave: only supported in the "
        "modes balance-rr"},
       {"{interface: a, bond: {mode: balance-rr, packetsPerSlave: 2}}", ""},
       {"{interface: a, bond: {mode: balance-rr, tlbDynamicLb: 1}}",
        "5:72: machine.network.interfaces[0].bond.tlbDynamicLb: only supported in the modes "
        "balance-tlb, balance-alb"},
       {"{interface: a, bond: {mode: balance-tlb, tlbDynamicLb: 1}}", ""}});
}

TEST_CASE("validate: interfaces: keys and endpoints of WireGuard have their form") {
  CheckInterfaces(
      {{"{interface: a, wireguard: {privateKey: x, peers: [{publicKey: y, endpoint: z, "
        "allowedIPs: [w]}]}}",
        "5:57: machine.network.interfaces[0].wireguard.privateKey: expected base64 of 32 "
        "bytes\n"
        "5:80: machine.network.interfaces[0].wireguard.peers[0].publicKey: expected base64 "
        "of 32 bytes\n"
        "5:93: machine.network.interfaces[0].wireguard.peers[0].endpoint: \"z\" is no "
        "address with a port\n"
        "5:109: machine.network.interfaces[0].wireguard.peers[0].allowedIPs[0]: \"w\" is no "
        "IP prefix such as 10.0.0.0/8"},
       {"{interface: a, wireguard: {privateKey: "
        "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=, peers: [{publicKey: "
        "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=, endpoint: 'z:1', allowedIPs: "
        "[10.0.0.0/8]}]}}",
        ""}});
}

TEST_CASE("validate: interfaces: KubeSpan has a packet size and filters that work") {
  CheckTexts(
      {{"machine:\n"
        "  type: worker\n"
        "  ca: {crt: YQ==}\n"
        "  network: {kubespan: {enabled: true, mtu: 1279, filters: {endpoints: [a, "
        "'!10.0.0.0/8'], excludeAdvertisedNetworks: [b, 10.0.0.0/8]}}}\n"
        "cluster:\n"
        "  controlPlane: {endpoint: https://a.example.org:6443}\n"
        "  id: a\n"
        "  secret: b\n"
        "  discovery: {enabled: true}\n",
        "4:44: machine.network.kubespan.mtu: must be at least 1280\n"
        "4:72: machine.network.kubespan.filters.endpoints[0]: \"a\" is no IP prefix or "
        "address, perhaps with '!' before it\n"
        "4:119: machine.network.kubespan.filters.excludeAdvertisedNetworks[0]: \"b\" is no "
        "IP prefix such as 10.0.0.0/8"}});
  CheckWorker({{"  network: {kubespan: {mtu: 1}}\n", ""}});
}

}  // namespace
}  // namespace ichor::config
