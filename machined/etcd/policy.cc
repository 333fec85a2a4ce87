#include "machined/etcd/policy.h"

#include <algorithm>
#include <array>
#include <format>
#include <optional>
#include <utility>

#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "machined/kubernetes/addresses.h"
#include "machined/kubernetes/settings.h"

namespace ichor {
namespace {

using etcd::EtcdConfig;
using etcd::EtcdSpec;
using Texts = google::protobuf::RepeatedPtrField<std::string>;
using Addresses = google::protobuf::RepeatedPtrField<common::NetIP>;

constexpr auto kDenied = MergeRule::Kind::kDenied;
constexpr std::array kFixed = {
    MergeRule{"name", kDenied},
    MergeRule{"auto-tls", kDenied},
    MergeRule{"peer-auto-tls", kDenied},
    MergeRule{"data-dir", kDenied},
    MergeRule{"listen-peer-urls", kDenied},
    MergeRule{"listen-client-urls", kDenied},
    MergeRule{"listen-client-http-urls", kDenied},
    MergeRule{"client-cert-auth", kDenied},
    MergeRule{"cert-file", kDenied},
    MergeRule{"key-file", kDenied},
    MergeRule{"trusted-ca-file", kDenied},
    MergeRule{"peer-client-cert-auth", kDenied},
    MergeRule{"peer-cert-file", kDenied},
    MergeRule{"peer-key-file", kDenied},
    MergeRule{"peer-trusted-ca-file", kDenied},
    MergeRule{"feature-gates", kDenied},
    MergeRule{"watch-progress-notify-interval", kDenied},
    MergeRule{"tls-min-version", kDenied},
};

// Networks of either kind: those to be in, and with "!" before them those not to be in.
void AddSubnet(const std::string& subnet, Texts& in, Texts& out) {
  if (subnet.starts_with('!')) {
    *out.Add() = subnet.substr(1);
  } else {
    *in.Add() = subnet;
  }
}

std::vector<std::string> Networks(const Texts& in, const Texts& out) {
  std::vector<std::string> networks(in.begin(), in.end());
  for (const std::string& subnet : out) {
    networks.push_back("!" + subnet);
  }
  return networks;
}

std::vector<common::NetIP> Chosen(std::vector<common::NetIP> addresses, const Texts& in,
                                  const Texts& out) {
  std::erase_if(addresses, [networks = Networks(in, out)](const common::NetIP& address) {
    return !Matches(address, networks);
  });
  return addresses;
}

common::NetIP Literal(const char* text) {
  return ParseNetIP(text).value_or(common::NetIP());
}

void SetListening(const EtcdConfig::Spec& wish, std::vector<common::NetIP> routed,
                  EtcdSpec::Spec& spec) {
  if (wish.listen_valid_subnets().empty()) {
    *spec.add_listen_peer_addresses() = Literal("0.0.0.0");
    *spec.add_listen_client_addresses() = Literal("0.0.0.0");
    return;
  }
  const auto chosen =
      Chosen(std::move(routed), wish.listen_valid_subnets(), wish.listen_exclude_subnets());
  if (chosen.empty()) {
    return;
  }
  *spec.add_listen_client_addresses() = Literal("127.0.0.1");
  for (const common::NetIP& address : chosen) {
    *spec.add_listen_peer_addresses() = address;
    *spec.add_listen_client_addresses() = address;
  }
}

constexpr int kPeerPort = 2380;

// "https://10.0.0.1:2379,https://[fd00::1]:2379", each with `before` in front.
std::string Urls(const Addresses& addresses, int port, const std::string& before = "") {
  std::string urls;
  for (const common::NetIP& address : addresses) {
    common::NetIPPort endpoint;
    endpoint.set_ip(address.ip());
    endpoint.set_port(port);
    urls += std::format("{}{}https://{}", urls.empty() ? "" : ",", before, ToText(endpoint));
  }
  return urls;
}

}  // namespace

absl::StatusOr<Desired<EtcdConfig>> DeriveEtcdConfig(const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfControlPlane(configs);
  if (!settings.has_value() || settings->cluster().etcd().ca().crt().empty()) {
    return Desired<EtcdConfig>();
  }
  const auto& etcd = settings->cluster().etcd();
  EtcdConfig::Spec wish;
  for (const std::string& subnet : etcd.advertised_subnets()) {
    AddSubnet(subnet, *wish.mutable_advertise_valid_subnets(),
              *wish.mutable_advertise_exclude_subnets());
  }
  if (etcd.advertised_subnets().empty() && !etcd.subnet().empty()) {
    wish.add_advertise_valid_subnets(etcd.subnet());
  }
  for (const std::string& subnet : etcd.listen_subnets()) {
    AddSubnet(subnet, *wish.mutable_listen_valid_subnets(), *wish.mutable_listen_exclude_subnets());
  }
  wish.set_image(etcd.image());
  for (const auto& [flag, values] : etcd.extra_args()) {
    *(*wish.mutable_extra_args())[flag].mutable_values() = values.values();
  }
  return Desired<EtcdConfig>{{"etcd", std::move(wish)}};
}

absl::StatusOr<Desired<EtcdSpec>> ResolveEtcdSpec(const All<config::MachineConfig>& configs,
                                                  const All<EtcdConfig>& wishes,
                                                  const All<network::HostnameStatus>& hostnames,
                                                  const All<network::NodeAddress>& addresses) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfControlPlane(configs);
  if (wishes.empty() || !settings.has_value() || hostnames.empty()) {
    return Desired<EtcdSpec>();
  }
  const EtcdConfig::Spec& wish = wishes.front().spec();
  const auto own = [&](const char* list) {
    return WithoutVirtual(NodeAddressesOf(addresses, list, *settings), settings->config());
  };
  EtcdSpec::Spec spec;
  spec.set_name(hostnames.front().spec().hostname());
  const bool any = !wish.advertise_valid_subnets().empty();
  auto advertised = Chosen(own(any ? "current" : "routed"), wish.advertise_valid_subnets(),
                           wish.advertise_exclude_subnets());
  if (!any && advertised.size() > 1) {
    advertised.resize(1);
  }
  spec.mutable_advertised_addresses()->Assign(advertised.begin(), advertised.end());
  SetListening(wish, own("routed"), spec);
  spec.set_image(wish.image());
  *spec.mutable_extra_args() = wish.extra_args();
  if (spec.name().empty() || spec.advertised_addresses().empty() ||
      spec.listen_peer_addresses().empty()) {
    return Desired<EtcdSpec>();
  }
  RETURN_IF_ERROR(EtcdFlags(spec).status());
  return Desired<EtcdSpec>{{"etcd", std::move(spec)}};
}

std::string PeerUrls(const EtcdSpec::Spec& spec) {
  return Urls(spec.advertised_addresses(), kPeerPort);
}

std::string HostOfUrl(std::string_view url) {
  if (const size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
  }
  if (url.starts_with('[')) {
    return std::string(url.substr(1, url.find(']') - 1));
  }
  return std::string(url.substr(0, url.find(':')));
}

std::string OwnCluster(const EtcdSpec::Spec& spec) {
  return Urls(spec.advertised_addresses(), kPeerPort, spec.name() + "=");
}

absl::StatusOr<std::vector<std::string>> EtcdFlags(const EtcdSpec::Spec& spec,
                                                   const Arguments& beginning) {
  constexpr int kClientPort = 2379;
  constexpr int kHttpPort = 2383;
  const std::string secrets = "/system/secrets/etcd/";
  Arguments ours{{"name", {spec.name()}},
                 {"auto-tls", {"false"}},
                 {"peer-auto-tls", {"false"}},
                 {"data-dir", {"/var/lib/etcd"}},
                 {"listen-peer-urls", {Urls(spec.listen_peer_addresses(), kPeerPort)}},
                 {"listen-client-urls", {Urls(spec.listen_client_addresses(), kClientPort)}},
                 {"listen-client-http-urls", {Urls(spec.listen_client_addresses(), kHttpPort)}},
                 {"advertise-client-urls", {Urls(spec.advertised_addresses(), kClientPort)}},
                 {"initial-advertise-peer-urls", {PeerUrls(spec)}},
                 {"client-cert-auth", {"true"}},
                 {"cert-file", {secrets + "server.crt"}},
                 {"key-file", {secrets + "server.key"}},
                 {"trusted-ca-file", {secrets + "ca.crt"}},
                 {"peer-client-cert-auth", {"true"}},
                 {"peer-cert-file", {secrets + "peer.crt"}},
                 {"peer-key-file", {secrets + "peer.key"}},
                 {"peer-trusted-ca-file", {secrets + "ca.crt"}},
                 {"feature-gates", {"InitialCorruptCheck=true,CompactHashCheck=true"}},
                 {"watch-progress-notify-interval", {"5s"}},
                 {"tls-min-version", {"TLS1.3"}}};
  ours.insert(beginning.begin(), beginning.end());
  ASSIGN_OR_RETURN(const Arguments all,
                   MergeArguments(std::move(ours), ArgumentsOf(spec.extra_args()), kFixed));
  return ToFlags(all);
}

}  // namespace ichor
