#include "catch2/catch_test_macros.hpp"
#include "lib/config/validate/complaint.h"

namespace ichor::config {
namespace {

TEST_CASE("validate: a hostname is made or stated, not both") {
  CheckDocument("HostnameConfig",
                {{"", "1:1: HostnameConfig: neither auto nor hostname is set"},
                 {"auto: stable\n"
                  "hostname: a",
                  "4:11: HostnameConfig: hostname: auto and hostname are both set (set auto: off)"},
                 {"auto: 'off'\n"
                  "hostname: a",
                  ""},
                 {"auto: talos-addr", "3:7: HostnameConfig: auto: talos-addr is not supported"},
                 {"hostname: "
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                  "3:11: HostnameConfig: hostname: longer than 253 characters"},
                 {"hostname: .a",
                  "3:11: HostnameConfig: hostname: the first label must have 1 to 63 characters"},
                 {"hostname: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                  "3:11: HostnameConfig: hostname: the first label must have 1 to 63 characters"}});
}

TEST_CASE("validate: resolvers have what their protocol needs") {
  CheckDocument(
      "ResolverConfig",
      {{"hostDNS: {forwardKubeDNSToHost: true, resolveMemberNames: true}",
        "3:33: ResolverConfig: hostDNS.forwardKubeDNSToHost: needs hostDNS to be enabled\n"
        "3:59: ResolverConfig: hostDNS.resolveMemberNames: needs hostDNS to be enabled"},
       {"hostDNS: {enabled: true}\n"
        "nameservers: [{address: 1.1.1.1, protocol: DoT}, {address: 1.1.1.1, protocol: DoH}]",
        "4:15: ResolverConfig: nameservers[0].tlsServerName: required for DoT\n"
        "4:50: ResolverConfig: nameservers[1].tlsServerName: required for DoH"},
       {"nameservers: [{address: 1.1.1.1, tlsServerName: a}, {address: x}]",
        "3:63: ResolverConfig: nameservers[1].address: got \"x\", expected an IP address"},
       {"nameservers: [{}]", "3:15: ResolverConfig: nameservers[0].address: required"},
       {"nameservers: [{address: 1.1.1.1, protocol: DoT, tlsServerName: a}]",
        "3:44: ResolverConfig: nameservers[0].protocol: DoT needs hostDNS to be enabled"}});
}

TEST_CASE("validate: time comes from one kind of source") {
  CheckDocument(
      "TimeSyncConfig",
      {{"bootTimeout: -1s", "3:14: TimeSyncConfig: bootTimeout: must not be negative"},
       {"ntp: {servers: [a]}\n"
        "ptp: {devices: [b]}",
        "1:1: TimeSyncConfig: ntp and ptp are both set"},
       {"ntp: {servers: [a, 10.0.0.1], useNTS: true}",
        "3:20: TimeSyncConfig: ntp.servers[1]: NTS needs names of servers, not addresses"}});
}

TEST_CASE("validate: KubeSpan has a packet size and filters that work") {
  CheckDocument("KubeSpanConfig",
                {{"mtu: 1279\n"
                  "filters: {endpoints: [a]}",
                  "3:6: KubeSpanConfig: mtu: must be at least 1280\n"
                  "4:23: KubeSpanConfig: filters.endpoints[0]: \"a\" is no IP prefix or address, "
                  "perhaps with '!' before it"},
                 {"enabled: true",
                  "3:10: KubeSpanConfig: enabled: KubeSpan needs cluster discovery (add "
                  "DiscoveryServiceConfig)"}});
}

TEST_CASE("validate: discovery has an identity and a URL") {
  CheckDocument("DiscoveryIdentityConfig",
                {{"",
                  "1:1: DiscoveryIdentityConfig: clusterID: required\n"
                  "1:1: DiscoveryIdentityConfig: clusterSecret: expected base64 of 32 bytes"},
                 {"clusterID: a\n"
                  "clusterSecret: YQ==",
                  "4:16: DiscoveryIdentityConfig: clusterSecret: expected base64 of 32 bytes"},
                 {"clusterID: a\n"
                  "clusterSecret: QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
                  ""}});
  CheckDocument(
      "DiscoveryServiceConfig",
      {{"endpoint: ftp://a",
        "1:1: DiscoveryServiceConfig: name: required\n"
        "1:1: DiscoveryServiceConfig: discovery needs the cluster's identity (add "
        "DiscoveryIdentityConfig)\n"
        "3:11: DiscoveryServiceConfig: endpoint: \"ftp://a\" is no URL of http, https or grpc"},
       {"name: a\n"
        "endpoint: 'grpc://'",
        "1:1: DiscoveryServiceConfig a: discovery needs the cluster's identity (add "
        "DiscoveryIdentityConfig)\n"
        "4:11: DiscoveryServiceConfig a: endpoint: \"grpc://\" is no URL of http, https or "
        "grpc"},
       {"name: a\n"
        "endpoint: https://a",
        "1:1: DiscoveryServiceConfig a: discovery needs the cluster's identity (add "
        "DiscoveryIdentityConfig)"}});
}

TEST_CASE("validate: firewall rules have ports that do not overlap") {
  CheckDocument(
      "NetworkRuleConfig",
      {{"portSelector: {ports: [80], protocol: tcp}", "1:1: NetworkRuleConfig: name: required"},
       {"name: a", "1:1: NetworkRuleConfig a: portSelector.ports: required"},
       {"name: a\n"
        "portSelector: {ports: [80-90, 85, 5-1], protocol: tcp}",
        "4:31: NetworkRuleConfig a: portSelector.ports[1]: overlaps another range\n"
        "4:35: NetworkRuleConfig a: portSelector.ports[2]: the range is the wrong way round"},
       {"name: a\n"
        "portSelector: {ports: [80], protocol: tcp}\n"
        "ingress: [{subnet: 10.0.0.0/8, except: 10.1.0.0/16}, {subnet: 10.0.0.0/8, except: "
        "11.0.0.0/16}, {except: 10.0.0.0/8}]",
        "5:83: warning: NetworkRuleConfig a: ingress[1].except: leaves nothing out: it is no "
        "part of 10.0.0.0/8\n"
        "5:97: NetworkRuleConfig a: ingress[2].subnet: required"},
       {"name: a\n"
        "portSelector: {ports: [80], protocol: tcp}\n"
        "ingress: [{subnet: x, except: y}]",
        "5:20: NetworkRuleConfig a: ingress[0].subnet: got \"x\", expected an IP prefix such "
        "as 10.0.0.0/8\n"
        "5:31: NetworkRuleConfig a: ingress[0].except: got \"y\", expected an IP prefix such "
        "as 10.0.0.0/8"}});
}

TEST_CASE("validate: routing rules have a free priority and a table") {
  CheckDocument(
      "RoutingRuleConfig",
      {{"name: 'a'\n"
        "table: 7",
        "3:7: RoutingRuleConfig a: name: \"a\" is no free priority (a number other than 0, "
        "32500, 32766 and 32767)"},
       {"name: '0'\n"
        "table: 7",
        "3:7: RoutingRuleConfig 0: name: \"0\" is no free priority (a number other than 0, "
        "32500, 32766 and 32767)"},
       {"name: '32500'\n"
        "table: 7",
        "3:7: RoutingRuleConfig 32500: name: \"32500\" is no free priority (a number other "
        "than 0, 32500, 32766 and 32767)"},
       {"name: '32766'\n"
        "table: 7",
        "3:7: RoutingRuleConfig 32766: name: \"32766\" is no free priority (a number other "
        "than 0, 32500, 32766 and 32767)"},
       {"name: '32767'\n"
        "table: 7",
        "3:7: RoutingRuleConfig 32767: name: \"32767\" is no free priority (a number other "
        "than 0, 32500, 32766 and 32767)"},
       {"name: '1'\n"
        "table: 7",
        ""},
       {"name: '1'", "1:1: RoutingRuleConfig 1: table: required for unicast"},
       {"name: '1'\n"
        "action: blackhole",
        ""},
       {"name: '1'\n"
        "table: 7\n"
        "fwMask: 1",
        "5:9: RoutingRuleConfig 1: fwMask: needs fwMark"},
       {"name: '1'\n"
        "table: 7\n"
        "fwMask: 1\n"
        "fwMark: 1",
        ""}});
}

TEST_CASE("validate: names that are addresses are some") {
  CheckDocument(
      "BlackholeRouteConfig",
      {{"name: a", "3:7: BlackholeRouteConfig a: name: \"a\" is no IP prefix such as 10.0.0.0/8"}});
  CheckDocument("StaticHostConfig", {{"name: a",
                                      "1:1: StaticHostConfig a: hostnames: required\n"
                                      "3:7: StaticHostConfig a: name: \"a\" is no IP address"}});
  CheckDocument("Layer2VIPConfig", {{"name: a",
                                     "1:1: Layer2VIPConfig a: link: required\n"
                                     "3:7: Layer2VIPConfig a: name: \"a\" is no IP address"}});
  CheckDocument("HCloudVIPConfig", {{"name: a",
                                     "1:1: HCloudVIPConfig a: link: required\n"
                                     "1:1: HCloudVIPConfig a: apiToken: required\n"
                                     "3:7: HCloudVIPConfig a: name: \"a\" is no IP address"}});
  CheckDocument("Layer2VIPConfig", {{"",
                                     "1:1: Layer2VIPConfig: name: required\n"
                                     "1:1: Layer2VIPConfig: link: required"}});
  CheckDocument("HCloudVIPConfig", {{"name: 10.0.0.1\n"
                                     "link: eth0\n"
                                     "apiToken: t",
                                     ""}});
}

TEST_CASE("validate: DUIDs go with their client identifier") {
  CheckDocument("DHCPv4Config",
                {{"name: a\n"
                  "clientIdentifier: duid",
                  "1:1: DHCPv4Config a: duidRaw: required by clientIdentifier: duid"},
                 {"name: a\n"
                  "duidRaw: '00:01'",
                  "4:10: DHCPv4Config a: duidRaw: needs clientIdentifier: duid"},
                 {"name: a\n"
                  "clientIdentifier: duid\n"
                  "duidRaw: '00:01'",
                  ""}});
  CheckDocument("DHCPv6Config",
                {{"name: a\n"
                  "clientIdentifier: duid",
                  "1:1: DHCPv6Config a: duidRaw: required by clientIdentifier: duid"},
                 {"name: a\n"
                  "duidRaw: '00:01'",
                  "4:10: DHCPv6Config a: duidRaw: needs clientIdentifier: duid"},
                 {"name: a\n"
                  "clientIdentifier: duid\n"
                  "duidRaw: '00:01'",
                  ""}});
}

TEST_CASE("validate: neighbours of BGP are told apart, imports do not overlap") {
  CheckDocument(
      "BGPInstanceConfig",
      {{"name: a", "1:1: BGPInstanceConfig a: localASN: required"},
       {"name: a\n"
        "localASN: 1\n"
        "routerID: 'fd00::1'",
        "5:11: BGPInstanceConfig a: routerID: must be an IPv4 address"},
       {"name: a\n"
        "localASN: 1\n"
        "neighbors: [{}, {address: 10.0.0.1, link: b}, {link: c}, {link: c}]",
        "5:13: BGPInstanceConfig a: neighbors[0]: exactly one of address and link is "
        "required\n"
        "5:17: BGPInstanceConfig a: neighbors[1]: exactly one of address and link is "
        "required\n"
        "5:58: BGPInstanceConfig a: neighbors[3]: the neighbor is there twice"},
       {"name: a\n"
        "localASN: 1\n"
        "vrf: v\n"
        "neighbors: [{link: c, bfd: {}}]",
        "6:28: BGPInstanceConfig a: neighbors[0].bfd: not supported in a VRF"},
       {"name: a\n"
        "localASN: 1\n"
        "importRoutes: [{bgpInstance: b, prefixes: [10.0.0.0/8, 10.1.0.0/16, 'fd00::/8']}, "
        "{bgpInstance: c, prefixes: [0.0.0.0/0, 'fe00::/8']}]",
        "5:56: BGPInstanceConfig a: importRoutes[0].prefixes[1]: overlaps another prefix\n"
        "5:111: BGPInstanceConfig a: importRoutes[1].prefixes[0]: overlaps another prefix"}});
}

TEST_CASE("validate: probes have somewhere to ask") {
  CheckDocument("TCPProbeConfig",
                {{"name: a\n"
                  "endpoint: b\n"
                  "interval: -1s\n"
                  "timeout: -1s\n"
                  "failureThreshold: -1",
                  "4:11: TCPProbeConfig a: endpoint: \"b\" is no host and port\n"
                  "5:11: TCPProbeConfig a: interval: must not be negative\n"
                  "6:10: TCPProbeConfig a: timeout: must not be negative\n"
                  "7:19: TCPProbeConfig a: failureThreshold: must not be negative"}});
  CheckDocument("HTTPProbeConfig",
                {{"name: a\n"
                  "url: /b\n"
                  "interval: -1s\n"
                  "timeout: -1s\n"
                  "failureThreshold: -1",
                  "4:6: HTTPProbeConfig a: url: \"/b\" is no HTTP URL\n"
                  "5:11: HTTPProbeConfig a: interval: must not be negative\n"
                  "6:10: HTTPProbeConfig a: timeout: must not be negative\n"
                  "7:19: HTTPProbeConfig a: failureThreshold: must not be negative"}});
  CheckDocument("TCPProbeConfig", {{"endpoint: 'b:1'", "1:1: TCPProbeConfig: name: required"}});
}

TEST_CASE("validate: SideroLink has a URL without a path") {
  CheckDocument(
      "SideroLinkConfig",
      {{"apiUrl: http://a", "3:9: SideroLinkConfig: apiUrl: the scheme must be https or grpc"},
       {"apiUrl: https://a/b", "3:9: SideroLinkConfig: apiUrl: a path is not supported"},
       {"apiUrl: 'grpc://a:1?jointoken=b'", ""}});
}

}  // namespace
}  // namespace ichor::config
