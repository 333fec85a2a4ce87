#include "networkd/resolver/policy.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "lib/resource/address_text.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;
namespace definitions = talos::resource::definitions::network;
using network::ResolverSpec;
using network::TimeServerSpec;

constexpr std::size_t kV4Bytes = 4;

// The wishes from the lowest layer to the highest, those of one layer by id.
template <class T>
std::vector<const typename T::Spec*> ByLayer(const All<Wished<T>>& wishes) {
  std::vector<const typename T::Spec*> sorted;
  for (const auto& wish : wishes) {
    sorted.push_back(&wish.spec());
  }
  std::ranges::stable_sort(sorted, {}, [](const auto* spec) { return spec->config_layer(); });
  return sorted;
}

// A wish's servers; older writers state addresses only.
std::vector<definitions::NameServerSpec> ServersOf(const ResolverSpec::Spec& spec) {
  std::vector<definitions::NameServerSpec> servers(spec.name_servers().begin(),
                                                   spec.name_servers().end());
  if (servers.empty()) {
    for (const common::NetIP& address : spec.dns_servers()) {
      *servers.emplace_back().mutable_addr() = address;
    }
  }
  return servers;
}

bool IsV4(const definitions::NameServerSpec& server) {
  return server.addr().ip().size() == kV4Bytes;
}

class ServerMerge {
 public:
  void Add(const ResolverSpec::Spec& spec) {
    const std::vector<definitions::NameServerSpec> servers = ServersOf(spec);
    if (spec.config_layer() != layer_) {
      layer_ = spec.config_layer();
      replaced_v4_ = replaced_v6_ = false;
    }
    const bool all = spec.config_layer() == enums::CONFIG_MACHINE_CONFIGURATION && !servers.empty();
    Replace(true, all || std::ranges::any_of(servers, IsV4), replaced_v4_);
    Replace(false, all || !std::ranges::all_of(servers, IsV4), replaced_v6_);
    for (const definitions::NameServerSpec& server : servers) {
      if (std::ranges::none_of(servers_, [&](const auto& other) {
            return other.addr().ip() == server.addr().ip() && other.protocol() == server.protocol();
          })) {
        servers_.push_back(server);
      }
    }
  }

  const std::vector<definitions::NameServerSpec>& servers() const { return servers_; }

 private:
  // The first of a layer with servers of a family takes away those of lower layers.
  void Replace(bool v4, bool has, bool& replaced) {
    if (has && !std::exchange(replaced, true)) {
      std::erase_if(servers_, [&](const auto& server) { return IsV4(server) == v4; });
    }
  }

  std::vector<definitions::NameServerSpec> servers_;
  enums::NetworkConfigLayer layer_ = enums::CONFIG_DEFAULT;
  bool replaced_v4_ = false;
  bool replaced_v6_ = false;
};

}  // namespace

absl::StatusOr<Desired<ResolverSpec>> MergeResolvers(const All<Wished<ResolverSpec>>& wishes) {
  if (wishes.empty()) {
    return Desired<ResolverSpec>{};
  }
  ServerMerge servers;
  std::vector<std::string> domains;
  ResolverSpec::Spec merged;
  for (const ResolverSpec::Spec* spec : ByLayer<ResolverSpec>(wishes)) {
    servers.Add(*spec);
    if (spec->search_domains_overridden()) {
      domains.clear();
    }
    std::vector<std::string> higher(spec->search_domains().begin(), spec->search_domains().end());
    std::ranges::copy_if(domains, std::back_inserter(higher),
                         [&](const auto& name) { return !std::ranges::contains(higher, name); });
    domains = std::move(higher);
    merged.set_config_layer(spec->config_layer());
    merged.set_search_domains_overridden(spec->search_domains_overridden());
  }
  for (const definitions::NameServerSpec& server : servers.servers()) {
    *merged.add_name_servers() = server;
    *merged.add_dns_servers() = server.addr();
  }
  merged.mutable_search_domains()->Assign(domains.begin(), domains.end());
  return Desired<ResolverSpec>{{"resolvers", std::move(merged)}};
}

absl::StatusOr<Desired<network::ResolverStatus>> ResolversInUse(const All<ResolverSpec>& specs) {
  Desired<network::ResolverStatus> rows;
  for (const auto& row : specs) {
    network::ResolverStatus::Spec status;
    *status.mutable_dns_servers() = row.spec().dns_servers();
    *status.mutable_name_servers() = row.spec().name_servers();
    *status.mutable_search_domains() = row.spec().search_domains();
    rows.Add(row.id(), std::move(status));
  }
  return rows;
}

absl::StatusOr<Desired<TimeServerSpec>> MergeTimeServers(
    const All<Wished<TimeServerSpec>>& wishes) {
  if (wishes.empty()) {
    return Desired<TimeServerSpec>{};
  }
  const std::vector<const TimeServerSpec::Spec*> sorted = ByLayer<TimeServerSpec>(wishes);
  TimeServerSpec::Spec merged;
  merged.set_config_layer(sorted.back()->config_layer());
  merged.set_use_nts(true);
  for (const TimeServerSpec::Spec* spec : sorted) {
    if (spec->config_layer() == merged.config_layer()) {
      merged.mutable_ntp_servers()->MergeFrom(spec->ntp_servers());
      merged.set_use_nts(merged.use_nts() && spec->use_nts());
    }
  }
  return Desired<TimeServerSpec>{{"timeservers", std::move(merged)}};
}

absl::StatusOr<Desired<network::TimeServerStatus>> TimeServersInUse(
    const All<TimeServerSpec>& specs) {
  Desired<network::TimeServerStatus> rows;
  for (const auto& row : specs) {
    network::TimeServerStatus::Spec status;
    *status.mutable_ntp_servers() = row.spec().ntp_servers();
    status.set_use_nts(row.spec().use_nts());
    rows.Add(row.id(), std::move(status));
  }
  return rows;
}

absl::StatusOr<Desired<Wished<ResolverSpec>>> DefaultResolvers(
    const All<network::HostnameStatus>& hostname,
    const All<network::NetworkConfiguration>& configuration) {
  if (configuration.empty()) {
    return NotConfiguredYet();
  }
  ResolverSpec::Spec spec;
  for (const std::string_view text : {"1.1.1.1", "8.8.8.8"}) {
    const common::NetIP address = ParseNetIP(text).value_or(common::NetIP());
    *spec.add_dns_servers() = address;
    *spec.add_name_servers()->mutable_addr() = address;
  }
  const bool search = !configuration.front().spec().no_default_search_domain();
  if (search && !hostname.empty() && !hostname.front().spec().domainname().empty()) {
    spec.add_search_domains(hostname.front().spec().domainname());
  }
  spec.set_config_layer(enums::CONFIG_DEFAULT);
  return Desired<Wished<ResolverSpec>>{{"default/resolvers", std::move(spec)}};
}

Desired<Wished<TimeServerSpec>> DefaultTimeServers() {
  TimeServerSpec::Spec spec;
  spec.add_ntp_servers("time.cloudflare.com");
  spec.set_config_layer(enums::CONFIG_DEFAULT);
  return {{"default/timeservers", std::move(spec)}};
}

}  // namespace ichor::networkd
