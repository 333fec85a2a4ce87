#include "networkd/services.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "ichor/network.resources.h"
#include "ichor/resource.resources.h"
#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/resource/time_proto.h"
#include "networkd/resolver/settings.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {
namespace {

constexpr std::string_view kDns = "network.host-dns";

HostTable HostsOf(const network::NetworkConfiguration::Spec& configuration) {
  HostTable hosts;
  for (const definitions::StaticHostNames& host : configuration.static_hosts()) {
    for (const std::string& name : host.names()) {
      if (const auto wire = DnsName(name)) hosts[*wire].push_back(host.address().ip());
    }
  }
  return hosts;
}

std::string Text(const sys::UdpEndpoint& endpoint) {
  common::NetIPPort text;
  text.set_ip(endpoint.address);
  text.set_port(endpoint.port);
  return ToText(text);
}

}  // namespace

NetworkServices::NetworkServices(const Environment& environment)
    : runtime_(environment.runtime),
      dns_({.loop = environment.loop,
            .clock = environment.clock,
            .udp = environment.udp,
            .random = environment.random,
            .connect =
                [&poller = environment.loop.poller()](const std::string& address,
                                                      sys::MessageStream::Events events) {
                  return sys::MessageStream::Connect(poller, address, std::move(events));
                },
            .on_change = [this] { PublishDns(); }}),
      tcp_dns_(environment.loop, environment.clock, dns_),
      time_({.loop = environment.loop,
             .runtime = environment.runtime,
             .clock = environment.clock,
             .udp = environment.udp,
             .clock_control = environment.clock_control,
             .random = environment.random,
             .lookup = [this](const std::string& name, const TimeSync::OnAddresses& on_addresses) {
               dns_.Lookup(name, on_addresses);
             }}) {
  PublishDns();
}

void NetworkServices::Follow() {
  FollowResolvers();
  FollowTime();
}

void NetworkServices::FollowResolvers() {
  const auto configuration = runtime_.Read<network::NetworkConfiguration>();
  if (!configuration.empty()) dns_.SetHosts(HostsOf(configuration.front().spec()));
  std::vector<std::string> servers;
  for (const DnsServer& server : ServersOf(runtime_.Read<network::ResolverStatus>())) {
    if (server.plain) servers.push_back(server.address);
  }
  dns_.SetServers(servers);
  std::vector<sys::UdpEndpoint> endpoints;
  for (const auto& row : runtime_.Read<network::HostDNSConfig>()) {
    for (const common::NetIPPort& endpoint : row.spec().listen_addresses()) {
      endpoints.push_back(
          {.address = endpoint.ip(), .port = static_cast<std::uint16_t>(endpoint.port())});
    }
  }
  dns_.Listen(endpoints);
  std::vector<std::string> addresses;
  std::ranges::transform(endpoints, std::back_inserter(addresses), Text);
  tcp_dns_.Listen(addresses);
  PublishDns();
}

void NetworkServices::FollowTime() {
  const auto configuration = runtime_.Read<network::NetworkConfiguration>();
  const auto servers = runtime_.Read<network::TimeServerStatus>();
  if (configuration.empty() || servers.empty()) return;
  const definitions::TimeSyncSettings& sync = configuration.front().spec().time_sync();
  const auto status = runtime_.Read<network::NetworkStatus>();
  std::vector<std::string> names;  // none that could be asked before there is an address
  if (!status.empty() && status.front().spec().address_ready()) {
    names.assign(servers.front().spec().ntp_servers().begin(),
                 servers.front().spec().ntp_servers().end());
  }
  time_.Set({.servers = std::move(names),
             .disabled = sync.disabled(),
             .boot_timeout = FromProto(sync.boot_timeout())});
  if (!status.empty() && status.front().spec().connectivity_ready()) time_.OnNetwork();
}

void NetworkServices::PublishDns() {
  Desired<network::DNSResolveCache> listeners;
  for (const auto& [endpoint, status] : dns_.listeners()) {
    network::DNSResolveCache::Spec spec;
    spec.set_status(status.ok() ? "running" : std::string(base::MessageOf(status)));
    listeners.Add("udp-" + Text(endpoint), std::move(spec));
  }
  for (const auto& [address, status] : tcp_dns_.listeners()) {
    network::DNSResolveCache::Spec spec;
    spec.set_status(status.ok() ? "running" : std::string(base::MessageOf(status)));
    listeners.Add("tcp-" + address, std::move(spec));
  }
  runtime_.Publish<network::DNSResolveCache>(kDns, std::move(listeners));
  Desired<network::DNSUpstream> upstreams;
  for (const DnsServer& server : ServersOf(runtime_.Read<network::ResolverStatus>())) {
    network::DNSUpstream::Spec spec;
    spec.set_addr(server.text);
    spec.set_healthy(server.plain && dns_.IsHealthy(server.address));
    upstreams.Add(server.id, std::move(spec));
  }
  runtime_.Publish<network::DNSUpstream>(kDns, std::move(upstreams));
}

}  // namespace ichor::networkd
