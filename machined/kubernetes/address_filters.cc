#include "machined/kubernetes/address_filters.h"

#include <optional>
#include <string>
#include <utility>

#include "lib/resource/address_text.h"
#include "machined/kubernetes/settings.h"

namespace ichor {

absl::StatusOr<Desired<network::NodeAddressFilter>> DeriveAddressFilters(
    const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfNode(configs);
  if (!settings.has_value()) {
    return Desired<network::NodeAddressFilter>();
  }
  network::NodeAddressFilter::Spec without;
  network::NodeAddressFilter::Spec only;
  const auto networks = settings->Networks();
  for (const auto* const subnets : {&networks.pod_subnets(), &networks.service_subnets()}) {
    for (const std::string& subnet : *subnets) {
      const auto prefix = ParseNetIPPrefix(subnet);
      if (prefix.has_value() && !prefix->ip().empty()) {
        *without.add_exclude_subnets() = *prefix;
        *only.add_include_subnets() = *prefix;
      }
    }
  }
  return Desired<network::NodeAddressFilter>{{"no-k8s", std::move(without)},
                                             {"only-k8s", std::move(only)}};
}

}  // namespace ichor
