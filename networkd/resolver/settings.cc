#include "networkd/resolver/settings.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <utility>

#include "lib/resource/address_text.h"
#include "lib/resource/yaml_field.h"
#include "networkd/address/policy.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;

constexpr std::int32_t kDnsPort = 53;
constexpr std::int32_t kTlsPort = 853;
constexpr std::int32_t kHttpsPort = 443;

common::NetIP Address(std::string_view text) {
  return ParseNetIP(text).value_or(common::NetIP());
}

bool IsOwn(const common::NetIP& address) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{kOwnDnsAddress, kPodDnsAddress, kPodDnsAddressV6},
      [&](std::string_view text) { return Address(text).ip() == address.ip(); });
}

void Serve(const common::NetIP& address, network::HostDNSConfig::Spec& config) {
  common::NetIPPort& endpoint = *config.add_listen_addresses();
  endpoint.set_ip(address.ip());
  endpoint.set_port(kDnsPort);
}

// The address is the node's, wherever a pod's packet to it comes in.
void Wish(const common::NetIP& address, Desired<Wished<network::AddressSpec>>& wishes) {
  constexpr std::int32_t kBits = 8;
  network::AddressSpec::Spec spec;
  spec.mutable_address()->set_ip(address.ip());
  spec.mutable_address()->set_prefix_length(static_cast<std::int32_t>(address.ip().size()) * kBits);
  spec.set_link_name("lo");
  spec.set_family(address.ip().size() == 4 ? enums::FAMILY_INET4 : enums::FAMILY_INET6);
  spec.set_scope(enums::SCOPE_HOST);
  spec.set_config_layer(enums::CONFIG_OPERATOR);
  std::string id = "operator/" + AddressId(spec);
  wishes.Add(std::move(id), std::move(spec));
}

std::int32_t PortOf(enums::NethelpersDNSProtocol protocol) {
  if (protocol == enums::DNS_PROTOCOL_DNS_OVER_TLS) return kTlsPort;
  return protocol == enums::DNS_PROTOCOL_DNS_OVER_HTTP ? kHttpsPort : kDnsPort;
}

}  // namespace

absl::StatusOr<HostDnsRows> DescribeHostDns(
    const All<network::NetworkConfiguration>& configuration) {
  if (configuration.empty()) {
    return NotConfiguredYet();
  }
  const definitions::HostDNSSettings& settings = configuration.front().spec().host_dns();
  HostDnsRows rows;
  network::HostDNSConfig::Spec config;
  config.set_enabled(settings.enabled());
  if (settings.enabled()) {
    Serve(Address(kOwnDnsAddress), config);
    config.set_resolve_member_names(settings.resolve_member_names());
  }
  if (settings.enabled() && settings.serves_pods_v4()) {
    *config.mutable_service_host_dns_address() = Address(kPodDnsAddress);
    Serve(config.service_host_dns_address(), config);
    Wish(config.service_host_dns_address(), std::get<1>(rows));
  }
  if (settings.enabled() && settings.serves_pods_v6()) {
    *config.mutable_service_host_dns_address_v6() = Address(kPodDnsAddressV6);
    Serve(config.service_host_dns_address_v6(), config);
    Wish(config.service_host_dns_address_v6(), std::get<1>(rows));
  }
  std::get<0>(rows).Add("config", std::move(config));
  return rows;
}

std::vector<DnsServer> ServersOf(const All<network::ResolverStatus>& resolvers) {
  std::vector<DnsServer> servers;
  for (const auto& row : resolvers) {
    for (const auto& server : row.spec().name_servers()) {
      if (IsOwn(server.addr())) continue;
      common::NetIPPort endpoint;
      endpoint.set_ip(server.addr().ip());
      endpoint.set_port(PortOf(server.protocol()));
      const std::string text = ToText(endpoint);
      const auto word =
          WordOf(*enums::NethelpersDNSProtocol_descriptor(), server.protocol()).value_or("");
      servers.push_back({.id = std::format("#{:03} {} {}", servers.size(), word, text),
                         .text = text,
                         .address = server.addr().ip(),
                         .plain = server.protocol() == enums::DNS_PROTOCOL_DEFAULT});
    }
  }
  return servers;
}

}  // namespace ichor::networkd
