#include "networkd/ethernet/policy.h"

#include <map>
#include <string>
#include <utility>

#include "networkd/link/select.h"

namespace ichor::networkd {

absl::StatusOr<Desired<network::EthernetSpec>> DescribeEthernet(
    const ConfigurationRows& configuration, const Links& links) {
  if (configuration.empty()) {
    return NotConfiguredYet();
  }
  std::map<std::string, network::EthernetSpec::Spec> cards;
  for (const definitions::EthernetSettings& card : configuration.front().spec().ethernet()) {
    for (const std::string& name : LinksMeant(card.which(), links)) {
      cards[name] = card.settings();
    }
  }
  Desired<network::EthernetSpec> rows;
  for (auto& [name, settings] : cards) {
    rows.Add(name, std::move(settings));
  }
  return rows;
}

}  // namespace ichor::networkd
