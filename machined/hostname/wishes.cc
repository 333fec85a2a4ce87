#include "machined/hostname/wishes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "config/legacy.pb.h"
#include "config/network.pb.h"
#include "machined/config/active_config.h"
#include "machined/hostname/default_name.h"

namespace ichor {
namespace {

namespace v1alpha1 = config::v1alpha1;
namespace enums = talos::resource::definitions::enums;

enum class Automatic : std::uint8_t { kStable, kAddress, kOff };

Automatic AutomaticOf(const std::optional<config::Config>& config) {
  if (!config.has_value()) return Automatic::kStable;
  if (const auto* document = config->Get<v1alpha1::HostnameConfig>()) {
    return document->auto_() == "off" ? Automatic::kOff : Automatic::kStable;
  }
  const auto* legacy = config->Get<v1alpha1::LegacyConfig>();
  const bool stable = legacy == nullptr || legacy->machine().features().stable_hostname();
  return stable ? Automatic::kStable : Automatic::kAddress;
}

std::string NameIn(const std::optional<config::Config>& config) {
  if (!config.has_value()) return "";
  const auto* document = config->Get<v1alpha1::HostnameConfig>();
  if (document != nullptr && !document->hostname().empty()) return document->hostname();
  const auto* legacy = config->Get<v1alpha1::LegacyConfig>();
  return legacy == nullptr ? "" : legacy->machine().network().hostname();
}

network::HostnameSpec::Spec Wish(const std::string& name, enums::NetworkConfigLayer layer) {
  network::HostnameSpec::Spec wish;
  const std::size_t dot = name.find('.');
  wish.set_hostname(name.substr(0, dot));
  wish.set_domainname(dot == std::string::npos ? "" : name.substr(dot + 1));
  wish.set_config_layer(layer);
  return wish;
}

// A disk that was accepted names the node, wherever it runs. Without one the machine does. A node
// whose identity is not read yet, or is lost, has none of these: it must not get another name.
std::string NodeId(const All<cluster::Identity>& identities, const All<boot::NodeStage>& stages,
                   const All<hardware::SystemInformation>& systems,
                   const All<network::LinkStatus>& links) {
  using Stage = boot::NodeStage::Spec;
  if (!identities.empty()) {
    return identities.front().spec().node_id();
  }
  const Stage::Stage stage = stages.empty() ? Stage::STARTING : stages.front().spec().stage();
  return stage == Stage::STARTING || stage == Stage::CONFIGURED ? "" : MachineId(systems, links);
}

}  // namespace

absl::StatusOr<Desired<HostnameWish>> WishHostname(const All<config::MachineConfig>& configs,
                                                   const All<cluster::Identity>& identities,
                                                   const All<boot::NodeStage>& stages,
                                                   const All<hardware::SystemInformation>& systems,
                                                   const All<network::LinkStatus>& links,
                                                   const All<network::NodeAddress>& addresses) {
  const std::optional<config::Config> config = ActiveConfig(configs);
  Desired<HostnameWish> wishes;
  std::string automatic;
  if (const Automatic how = AutomaticOf(config); how == Automatic::kAddress) {
    automatic = AddressHostname(addresses);
  } else if (how == Automatic::kStable) {
    const std::string id = NodeId(identities, stages, systems, links);
    automatic = id.empty() ? "" : StableHostname(id);
  }
  if (!automatic.empty()) wishes.Add("default/hostname", Wish(automatic, enums::CONFIG_DEFAULT));
  if (const std::string name = NameIn(config); !name.empty()) {
    wishes.Add("configuration/hostname", Wish(name, enums::CONFIG_MACHINE_CONFIGURATION));
  }
  return wishes;
}

absl::StatusOr<Desired<network::HostnameSpec>> MergeHostnameWishes(
    const All<HostnameWish>& wishes) {
  Desired<network::HostnameSpec> specs;
  for (const auto& wish : wishes) {
    specs.Add(wish.id(), wish.spec());
  }
  return specs;
}

}  // namespace ichor
