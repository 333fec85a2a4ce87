#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "common/common.pb.h"
#include "config/discovery.pb.h"
#include "config/network.pb.h"
#include "lib/config/validate/dispatch.h"
#include "lib/config/validate/prefix.h"
#include "lib/config/validate/rules.h"
#include "lib/resource/address_text.h"

namespace ichor::config {
namespace {

using v1alpha1::BGPInstanceConfig;
using v1alpha1::BlackholeRouteConfig;
using v1alpha1::DHCPv4Config;
using v1alpha1::DHCPv6Config;
using v1alpha1::DiscoveryIdentityConfig;
using v1alpha1::DiscoveryServiceConfig;
using v1alpha1::HCloudVIPConfig;
using v1alpha1::HostnameConfig;
using v1alpha1::HTTPProbeConfig;
using v1alpha1::KubeSpanConfig;
using v1alpha1::Layer2VIPConfig;
using v1alpha1::NetworkRuleConfig;
using v1alpha1::ResolverConfig;
using v1alpha1::RoutingRuleConfig;
using v1alpha1::SideroLinkConfig;
using v1alpha1::StaticHostConfig;
using v1alpha1::TCPProbeConfig;
using v1alpha1::TimeSyncConfig;

void CheckHostname(Checker& checker, const HostnameConfig& config) {
  constexpr size_t kLongest = 253;
  constexpr size_t kLongestLabel = 63;
  const bool automatic = !config.auto_().empty() && config.auto_() != "off";
  const std::string_view hostname = config.hostname();
  if (config.auto_() == "talos-addr") checker.Error("auto", "talos-addr is not supported");
  if (config.auto_().empty() && hostname.empty()) {
    checker.Error("", "neither auto nor hostname is set");
  }
  if (automatic && !hostname.empty()) {
    checker.Error("hostname", "auto and hostname are both set", "set auto: off");
  }
  if (hostname.empty()) return;
  const size_t label = std::min(hostname.find('.'), hostname.size());
  if (hostname.size() > kLongest) checker.Error("hostname", "longer than 253 characters");
  if (label == 0 || label > kLongestLabel) {
    checker.Error("hostname", "the first label must have 1 to 63 characters");
  }
}

void CheckResolver(Checker& checker, const ResolverConfig& config) {
  const auto& dns = config.host_dns();
  if (dns.forward_kube_dns_to_host() && !dns.enabled()) {
    checker.Error("hostDNS.forwardKubeDNSToHost", "needs hostDNS to be enabled");
  }
  if (dns.resolve_member_names() && !dns.enabled()) {
    checker.Error("hostDNS.resolveMemberNames", "needs hostDNS to be enabled");
  }
  for (int i = 0; i < config.nameservers_size(); ++i) {
    const auto& server = config.nameservers(i);
    const std::string path = Cat("nameservers[", i, "]");
    const bool encrypted = server.protocol() == "DoT" || server.protocol() == "DoH";
    checker.Require(Cat(path, ".address"), server.address());
    if (encrypted && server.tls_server_name().empty()) {
      checker.Error(Cat(path, ".tlsServerName"), Cat("required for ", server.protocol()));
    }
    if (!encrypted && !server.tls_server_name().empty()) {
      checker.Error(Cat(path, ".tlsServerName"), "not supported for Do53");
    }
  }
}

void CheckTimeSync(Checker& checker, const TimeSyncConfig& config) {
  if (config.boot_timeout().seconds() < 0) checker.Error("bootTimeout", "must not be negative");
  if (config.has_ntp() && config.has_ptp()) checker.Error("", "ntp and ptp are both set");
  if (!config.ntp().use_nts()) return;
  for (int i = 0; i < config.ntp().servers_size(); ++i) {
    const std::string& server = config.ntp().servers(i);
    if (server.empty() || !ParseNetIP(server)) continue;
    checker.Error(Cat("ntp.servers[", i, "]"), "NTS needs names of servers, not addresses");
  }
}

void CheckKubespan(Checker& checker, const KubeSpanConfig& config) {
  constexpr std::uint32_t kSmallestMtu = 1280;
  if (config.has_mtu() && config.mtu() < kSmallestMtu) {
    checker.Error("mtu", Cat("must be at least ", kSmallestMtu));
  }
  for (int i = 0; i < config.filters().endpoints_size(); ++i) {
    CheckFilter(checker, Cat("filters.endpoints[", i, "]"), config.filters().endpoints(i));
  }
}

void CheckIdentity(Checker& checker, const DiscoveryIdentityConfig& config) {
  constexpr size_t kSecretBytes = 32;
  checker.Require("clusterID", config.cluster_id());
  std::string secret;
  if (!absl::Base64Unescape(config.cluster_secret(), &secret) || secret.size() != kSecretBytes) {
    checker.Error("clusterSecret", "expected base64 of 32 bytes");
  }
}

void CheckDiscovery(Checker& checker, const DiscoveryServiceConfig& config) {
  const UrlParts url = SplitUrl(config.endpoint());
  const bool known = url.scheme == "http" || url.scheme == "https" || url.scheme == "grpc";
  if (!known || url.host.empty()) {
    checker.Error("endpoint", Cat("\"", config.endpoint(), "\" is no URL of http, https or grpc"));
  }
}

// First and last port of "80" or "80-90".
std::pair<std::uint32_t, std::uint32_t> Range(std::string_view text) {
  const size_t dash = std::min(text.find('-'), text.size());
  std::pair<std::uint32_t, std::uint32_t> range;
  if (!absl::SimpleAtoi(ToAbsl(text.substr(0, dash)), &range.first)) return {};
  range.second = range.first;
  if (dash < text.size() && !absl::SimpleAtoi(ToAbsl(text.substr(dash + 1)), &range.second)) {
    return {};
  }
  return range;
}

void CheckIngress(Checker& checker, const std::string& path,
                  const NetworkRuleConfig::Ingress& ingress) {
  checker.Require(Cat(path, ".subnet"), ingress.subnet());
  if (ingress.subnet().empty() || ingress.except().empty()) return;
  const auto subnet = ParseNetIPPrefix(ingress.subnet());
  const auto except = ParseNetIPPrefix(ingress.except());
  if (!subnet || !except || Holds(*subnet, *except)) return;
  checker.Warning(Cat(path, ".except"),
                  Cat("leaves nothing out: it is no part of ", ingress.subnet()));
}

void CheckRule(Checker& checker, const NetworkRuleConfig& config) {
  const auto& ports = config.port_selector().ports();
  if (ports.empty()) checker.Error("portSelector.ports", "required");
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
  for (int i = 0; i < ports.size(); ++i) {
    const auto range = Range(ports[i]);
    const std::string path = Cat("portSelector.ports[", i, "]");
    if (range.first > range.second) checker.Error(path, "the range is the wrong way round");
    const auto overlaps = [&](const auto& other) {
      return range.first <= other.second && other.first <= range.second;
    };
    if (std::ranges::any_of(ranges, overlaps)) checker.Error(path, "overlaps another range");
    ranges.push_back(range);
  }
  for (int i = 0; i < config.ingress_size(); ++i) {
    CheckIngress(checker, Cat("ingress[", i, "]"), config.ingress(i));
  }
}

void CheckRoutingRule(Checker& checker, const RoutingRuleConfig& config) {
  constexpr std::array<std::uint32_t, 4> kTaken = {0, 32500, 32766, 32767};
  std::uint32_t priority = 0;
  if (!absl::SimpleAtoi(config.name(), &priority) || std::ranges::contains(kTaken, priority)) {
    checker.Error("name", Cat("\"", config.name(), "\" is no free priority"),
                  "a number other than 0, 32500, 32766 and 32767");
  }
  const bool unicast = config.action().empty() || config.action() == "unicast";
  if (unicast && config.table() == 0) checker.Error("table", "required for unicast");
  if (config.fw_mask() != 0 && config.fw_mark() == 0) checker.Error("fwMask", "needs fwMark");
}

void CheckBlackhole(Checker& checker, const BlackholeRouteConfig& config) {
  if (!config.name().empty()) CheckCidr(checker, "name", config.name());
}

void CheckAddressName(Checker& checker, const std::string& name) {
  if (!name.empty() && !ParseNetIP(name)) {
    checker.Error("name", Cat("\"", name, "\" is no IP address"));
  }
}

void CheckStaticHost(Checker& checker, const StaticHostConfig& config) {
  CheckAddressName(checker, config.name());
  if (config.hostnames_size() == 0) checker.Error("hostnames", "required");
}

void CheckLayer2Vip(Checker& checker, const Layer2VIPConfig& config) {
  CheckAddressName(checker, config.name());
  checker.Require("link", config.link());
}

void CheckHcloudVip(Checker& checker, const HCloudVIPConfig& config) {
  CheckAddressName(checker, config.name());
  checker.Require("link", config.link());
  checker.Require("apiToken", config.api_token());
}

template <class Dhcp>
void CheckDhcp(Checker& checker, const Dhcp& config) {
  const bool duid = config.client_identifier() == "duid";
  if (duid && config.duid_raw().empty()) {
    checker.Error("duidRaw", "required by clientIdentifier: duid");
  }
  if (!duid && !config.duid_raw().empty()) {
    checker.Error("duidRaw", "needs clientIdentifier: duid");
  }
}

void CheckNeighbors(Checker& checker, const BGPInstanceConfig& config) {
  std::set<std::string> seen;
  for (int i = 0; i < config.neighbors_size(); ++i) {
    const auto& neighbor = config.neighbors(i);
    const std::string path = Cat("neighbors[", i, "]");
    if (neighbor.address().empty() == neighbor.link().empty()) {
      checker.Error(path, "exactly one of address and link is required");
    } else if (!seen.insert(neighbor.address() + neighbor.link()).second) {
      checker.Error(path, "the neighbor is there twice");
    }
    if (neighbor.has_bfd() && !config.vrf().empty()) {
      checker.Error(Cat(path, ".bfd"), "not supported in a VRF");
    }
  }
}

// A route goes to one instance only.
void CheckImports(Checker& checker, const BGPInstanceConfig& config) {
  std::vector<common::NetIPPrefix> seen;
  for (int i = 0; i < config.import_routes_size(); ++i) {
    const auto& prefixes = config.import_routes(i).prefixes();
    for (int j = 0; j < prefixes.size(); ++j) {
      const auto prefix = ParseNetIPPrefix(prefixes[j]);
      if (prefixes[j].empty() || !prefix) continue;
      const auto overlaps = [&](const auto& other) { return Overlap(*prefix, other); };
      if (std::ranges::any_of(seen, overlaps)) {
        checker.Error(Cat("importRoutes[", i, "].prefixes[", j, "]"), "overlaps another prefix");
      }
      seen.push_back(*prefix);
    }
  }
}

void CheckBgp(Checker& checker, const BGPInstanceConfig& config) {
  if (config.local_asn() == 0) checker.Error("localASN", "required");
  const bool v4 = !config.router_id().contains(':');
  if (!config.router_id().empty() && !v4) checker.Error("routerID", "must be an IPv4 address");
  CheckNeighbors(checker, config);
  CheckImports(checker, config);
}

void CheckTcpProbe(Checker& checker, const TCPProbeConfig& config) {
  if (!IsHostPort(config.endpoint())) {
    checker.Error("endpoint", Cat("\"", config.endpoint(), "\" is no host and port"));
  }
  if (config.failure_threshold() < 0) checker.Error("failureThreshold", "must not be negative");
  if (config.interval().seconds() < 0) checker.Error("interval", "must not be negative");
  if (config.timeout().seconds() < 0) checker.Error("timeout", "must not be negative");
}

void CheckHttpProbe(Checker& checker, const HTTPProbeConfig& config) {
  const UrlParts url = SplitUrl(config.url());
  if ((url.scheme != "http" && url.scheme != "https") || url.host.empty()) {
    checker.Error("url", Cat("\"", config.url(), "\" is no HTTP URL"));
  }
  if (config.failure_threshold() < 0) checker.Error("failureThreshold", "must not be negative");
  if (config.interval().seconds() < 0) checker.Error("interval", "must not be negative");
  if (config.timeout().seconds() < 0) checker.Error("timeout", "must not be negative");
}

void CheckSiderolink(Checker& checker, const SideroLinkConfig& config) {
  const UrlParts url = SplitUrl(config.api_url());
  if ((url.scheme != "https" && url.scheme != "grpc") || url.host.empty()) {
    checker.Error("apiUrl", "the scheme must be https or grpc");
  }
  if (!url.path.empty() && url.path != "/" && !url.path.starts_with('?')) {
    checker.Error("apiUrl", "a path is not supported");
  }
}

}  // namespace

void CheckNetworkDocument(Checker& checker) {
  Dispatch(checker, CheckHostname, CheckResolver, CheckTimeSync, CheckKubespan, CheckIdentity,
           CheckDiscovery, CheckRule, CheckRoutingRule, CheckBlackhole, CheckStaticHost,
           CheckLayer2Vip, CheckHcloudVip, CheckDhcp<DHCPv4Config>, CheckDhcp<DHCPv6Config>,
           CheckBgp, CheckTcpProbe, CheckHttpProbe, CheckSiderolink);
}

}  // namespace ichor::config
