#include "lib/sys/fake_ethernet.h"

#include <format>

namespace ichor::sys {

absl::Status FakeEthernet::Change(std::uint32_t link, const EthernetChange& change) {
  ++changes;
  const auto found = links.find(link);
  if (found == links.end()) {
    return absl::NotFoundError(std::format("set rings of link {}: No such device", link));
  }
  EthernetState& state = found->second;
  for (const auto& [setting, number] : change.settings) {
    const auto most = state.most.find(setting);
    if (!state.now.contains(setting)) {
      return absl::UnimplementedError(
          std::format("set rings of link {}: Operation not supported", link));
    }
    if (most != state.most.end() && number > most->second) {
      return absl::InvalidArgumentError(std::format(
          "set rings of link {}: Invalid argument (requested ring size exceeds maximum)", link));
    }
    state.now[setting] = number;
  }
  for (const auto& [name, on] : change.features) {
    const auto feature = state.features.find(name);
    if (feature == state.features.end()) {
      return absl::UnimplementedError(std::format(
          "set features of link {}: Operation not supported (bit name not found)", link));
    }
    feature->second.wanted = on;
    feature->second.active = feature->second.fixed ? feature->second.active : on;
  }
  if (change.wake_on.has_value()) {
    state.wakes_on = *change.wake_on;
  }
  return absl::OkStatus();
}

}  // namespace ichor::sys
