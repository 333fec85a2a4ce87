#include "machined/network/settings.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "config/kubernetes.pb.h"
#include "config/legacy.pb.h"
#include "config/network.pb.h"
#include "lib/config/defaults.h"
#include "lib/resource/address_text.h"
#include "lib/resource/yaml_field.h"

namespace ichor {
namespace {

namespace v1alpha1 = config::v1alpha1;
namespace enums = talos::resource::definitions::enums;
namespace network = talos::resource::definitions::network;
using definitions::NetworkConfigurationSpec;
using Texts = google::protobuf::RepeatedPtrField<std::string>;

constexpr std::size_t kV4Bytes = 4;

const v1alpha1::LegacyConfig& Legacy(const config::Config& config) {
  const auto* legacy = config.Get<v1alpha1::LegacyConfig>();
  return legacy == nullptr ? v1alpha1::LegacyConfig::default_instance() : *legacy;
}

void AddServer(const std::string& text, enums::NethelpersDNSProtocol protocol,
               const std::string& tls_server_name, network::ResolverSpecSpec& resolvers) {
  const std::optional<common::NetIP> address = ParseNetIP(text);
  if (!address.has_value() || address->ip().empty()) return;
  *resolvers.add_dns_servers() = *address;
  network::NameServerSpec& server = *resolvers.add_name_servers();
  *server.mutable_addr() = *address;
  server.set_protocol(protocol);
  server.set_tls_server_name(tls_server_name);
}

enums::NethelpersDNSProtocol ProtocolOf(const std::string& word) {
  return static_cast<enums::NethelpersDNSProtocol>(
      NumberOf(*enums::NethelpersDNSProtocol_descriptor(), word).value_or(0));
}

// The subnets of pods, of either form.
Texts PodSubnets(const config::Config& config) {
  if (const auto* networks = config.Get<v1alpha1::KubeNetworkConfig>()) {
    return networks->pod_subnets();
  }
  const config::Document* legacy = config.Find(*v1alpha1::LegacyConfig::descriptor());
  if (legacy == nullptr) return {};
  v1alpha1::LegacyConfig message = Legacy(config);
  message.mutable_cluster();  // read as empty where it is missing
  config::SetDefaults(message, *legacy->kind->shape);
  return message.cluster().network().pod_subnets();
}

bool HasFamily(const Texts& subnets, bool v4) {
  return std::ranges::any_of(subnets, [&](const std::string& text) {
    const auto prefix = ParseNetIPPrefix(text);
    return prefix.has_value() && !prefix->ip().empty() && (prefix->ip().size() == kV4Bytes) == v4;
  });
}

void AddHost(const std::string& address_text, const Texts& names, HostAddresses& hosts) {
  const std::optional<common::NetIP> address = ParseNetIP(address_text);
  if (!address.has_value() || address->ip().empty()) return;
  for (const std::string& name : names) {
    auto& addresses = hosts[absl::AsciiStrToLower(name)];
    const auto same = [&](const common::NetIP& other) { return other.ip() == address->ip(); };
    if (std::ranges::none_of(addresses, same)) addresses.push_back(*address);
  }
}

}  // namespace

void AddResolvers(const config::Config& config, NetworkConfigurationSpec& spec) {
  network::ResolverSpecSpec resolvers;
  const v1alpha1::LegacyNetwork& legacy = Legacy(config).machine().network();
  const Texts* domains = &legacy.search_domains();
  spec.set_no_default_search_domain(legacy.disable_search_domain());
  for (const std::string& text : legacy.nameservers()) {
    AddServer(text, enums::DNS_PROTOCOL_DEFAULT, "", resolvers);
  }
  if (const auto* document = config.Get<v1alpha1::ResolverConfig>()) {
    for (const auto& server : document->nameservers()) {
      AddServer(server.address(), ProtocolOf(server.protocol()), server.tls_server_name(),
                resolvers);
    }
    if (!document->search_domains().domains().empty()) {
      domains = &document->search_domains().domains();
    }
    if (document->search_domains().disable_default()) spec.set_no_default_search_domain(true);
  }
  *resolvers.mutable_search_domains() = *domains;
  resolvers.set_search_domains_overridden(!domains->empty());
  resolvers.set_config_layer(enums::CONFIG_MACHINE_CONFIGURATION);
  if (!resolvers.dns_servers().empty() || !domains->empty()) {
    *spec.mutable_resolvers() = std::move(resolvers);
  }
}

void AddTime(const config::Config& config, NetworkConfigurationSpec& spec) {
  network::TimeServerSpecSpec servers;
  definitions::TimeSyncSettings& sync = *spec.mutable_time_sync();
  const v1alpha1::Machine::Time& legacy = Legacy(config).machine().time();
  sync.set_disabled(legacy.disabled());
  if (legacy.has_boot_timeout()) *sync.mutable_boot_timeout() = legacy.boot_timeout();
  *servers.mutable_ntp_servers() = legacy.servers();
  if (const auto* document = config.Get<v1alpha1::TimeSyncConfig>()) {
    if (document->has_enabled()) sync.set_disabled(!document->enabled());
    if (document->has_boot_timeout()) *sync.mutable_boot_timeout() = document->boot_timeout();
    servers.mutable_ntp_servers()->MergeFrom(document->ntp().servers());
    servers.mutable_ntp_servers()->MergeFrom(document->ptp().devices());
    servers.set_use_nts(document->ntp().use_nts());
  }
  servers.set_config_layer(enums::CONFIG_MACHINE_CONFIGURATION);
  if (!servers.ntp_servers().empty()) *spec.mutable_time_servers() = std::move(servers);
}

void AddHostDns(const config::Config& config, NetworkConfigurationSpec& spec) {
  const auto* document = config.Get<v1alpha1::ResolverConfig>();
  const v1alpha1::HostDns& dns = document != nullptr && document->has_host_dns()
                                     ? document->host_dns()
                                     : Legacy(config).machine().features().host_dns();
  definitions::HostDNSSettings& settings = *spec.mutable_host_dns();
  settings.set_enabled(dns.enabled());
  if (dns.enabled() && dns.forward_kube_dns_to_host()) {
    const Texts pods = PodSubnets(config);
    settings.set_serves_pods_v4(HasFamily(pods, true));
    settings.set_serves_pods_v6(HasFamily(pods, false));
  }
  settings.set_resolve_member_names(dns.enabled() && dns.resolve_member_names());
}

HostAddresses ConfiguredHosts(const config::Config& config) {
  HostAddresses hosts;
  for (const auto& entry : Legacy(config).machine().network().extra_host_entries()) {
    AddHost(entry.ip(), entry.aliases(), hosts);
  }
  for (const auto* document : config.All<v1alpha1::StaticHostConfig>()) {
    AddHost(document->name(), document->hostnames(), hosts);
  }
  for (auto& [name, addresses] : hosts) {
    std::ranges::sort(addresses, {}, [](const auto& address) { return ToText(address); });
  }
  return hosts;
}

}  // namespace ichor
