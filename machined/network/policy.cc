#include "machined/network/policy.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/legacy.pb.h"
#include "lib/config/config.h"
#include "machined/config/active_config.h"
#include "machined/network/documents.h"
#include "machined/network/legacy.h"
#include "machined/network/settings.h"

namespace ichor {
namespace {

using Spec = network::NetworkConfiguration::Spec;

constexpr const char* kId = "machine-config";

void AddDevices(const config::Config& config, Spec& spec) {
  std::vector<definitions::NetworkDevice> devices;
  if (const auto* legacy = config.Get<config::v1alpha1::LegacyConfig>()) {
    devices = LegacyDevices(legacy->machine().network());
  }
  std::ranges::move(DocumentDevices(config), std::back_inserter(devices));
  for (definitions::NetworkDevice& device : devices)
    *spec.add_devices() = std::move(device);
  for (auto& route : DocumentBlackholes(config))
    *spec.add_routes() = std::move(route);
  for (definitions::EthernetSettings& settings : DocumentEthernet(config))
    *spec.add_ethernet() = std::move(settings);
  spec.set_dhcp_by_default(!HasLinkDocuments(config));
}

// The hosts by address, as they stand in a file.
void AddHosts(const HostAddresses& hosts, Spec& spec) {
  std::map<std::string, definitions::StaticHostNames> by_address;
  for (const auto& [name, addresses] : hosts) {
    for (const common::NetIP& address : addresses) {
      definitions::StaticHostNames& row = by_address[address.ip()];
      *row.mutable_address() = address;
      row.add_names(name);
    }
  }
  for (auto& [bytes, row] : by_address)
    *spec.add_static_hosts() = std::move(row);
}

}  // namespace

absl::StatusOr<NetworkDescription> DescribeNetwork(const All<config::MachineConfig>& configs) {
  Spec spec;
  const std::optional<config::Config> config = ActiveConfig(configs);
  if (!config.has_value()) {
    spec.set_dhcp_by_default(true);
    spec.mutable_host_dns()->set_enabled(true);
    return NetworkDescription{{{kId, std::move(spec)}}, {}};
  }
  AddDevices(*config, spec);
  AddResolvers(*config, spec);
  AddTime(*config, spec);
  AddHostDns(*config, spec);
  const HostAddresses hosts = ConfiguredHosts(*config);
  AddHosts(hosts, spec);
  NetworkDescription description{{{kId, std::move(spec)}}, {}};
  for (const auto& [name, addresses] : hosts) {
    network::StaticHost::Spec host;
    host.mutable_addresses()->Assign(addresses.begin(), addresses.end());
    std::get<1>(description).Add(name, host);
  }
  return description;
}

}  // namespace ichor
