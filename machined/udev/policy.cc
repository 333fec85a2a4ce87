#include "machined/udev/policy.h"

#include <optional>

#include "config/legacy.pb.h"
#include "config/runtime.pb.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

template <class Rules>
void Take(const Rules& rules, std::string& text) {
  for (const std::string& rule : rules) {
    text += rule;
    text += rule.ends_with('\n') ? "" : "\n";
  }
}

}  // namespace

std::string UdevRules(const All<config::MachineConfig>& configs) {
  std::string text;
  const std::optional<config::Config> config = ActiveConfig(configs);
  if (!config.has_value()) {
    return text;
  }
  if (const auto* legacy = config->Get<config::v1alpha1::LegacyConfig>(); legacy != nullptr) {
    Take(legacy->machine().udev().rules(), text);
  }
  for (const auto* document : config->All<config::v1alpha1::UdevRulesConfig>()) {
    Take(document->rules(), text);
  }
  return text;
}

}  // namespace ichor
