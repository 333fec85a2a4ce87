#include "machined/hostname/policy.h"

#include <algorithm>
#include <utility>

namespace ichor {

absl::StatusOr<Desired<network::HostnameStatus>> ChooseHostname(
    const All<network::HostnameSpec>& specs) {
  const auto best = std::ranges::max_element(
      specs, {}, [](const auto& row) { return row.spec().config_layer(); });
  if (best == specs.end()) {
    return Desired<network::HostnameStatus>{};  // says: there is no hostname
  }
  network::HostnameStatus::Spec status;
  status.set_hostname(best->spec().hostname());
  status.set_domainname(best->spec().domainname());
  return Desired<network::HostnameStatus>{{"hostname", std::move(status)}};
}

}  // namespace ichor
