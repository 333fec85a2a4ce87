#include "machined/modules/policy.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "config/legacy.pb.h"
#include "config/runtime.pb.h"
#include "machined/config/active_config.h"
#include "machined/kubernetes/settings.h"

namespace ichor {
namespace {

constexpr std::array kForPods = {"br_netfilter", "tun"};

using Specs = std::map<std::string, runtime::KernelModuleSpec::Spec>;

template <class Module>
void Take(const Module& module, Specs& specs) {
  runtime::KernelModuleSpec::Spec spec;
  spec.set_name(module.name());
  *spec.mutable_parameters() = module.parameters();
  specs.insert_or_assign(module.name(), std::move(spec));
}

}  // namespace

absl::StatusOr<Desired<runtime::KernelModuleSpec>> WantModules(
    const All<config::MachineConfig>& configs) {
  Desired<runtime::KernelModuleSpec> wishes;
  const std::optional<config::Config> config = ActiveConfig(configs);
  if (!config.has_value()) {
    return wishes;
  }
  Specs specs;
  if (KubernetesSettings::OfNode(configs).has_value()) {
    for (const char* const name : kForPods) {
      specs[name].set_name(name);
    }
  }
  if (const auto* legacy = config->Get<config::v1alpha1::LegacyConfig>(); legacy != nullptr) {
    for (const auto& module : legacy->machine().kernel().modules()) {
      Take(module, specs);
    }
  }
  for (const auto* document : config->All<config::v1alpha1::KernelModuleConfig>()) {
    Take(*document, specs);
  }
  for (auto& [name, spec] : specs) {
    wishes.Add(name, std::move(spec));
  }
  return wishes;
}

}  // namespace ichor
