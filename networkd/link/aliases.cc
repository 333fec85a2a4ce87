#include "networkd/link/aliases.h"

namespace ichor::networkd {

std::vector<AliasStep> PlanAliases(const All<network::LinkAliasSpec>& desired,
                                   const All<network::LinkStatus>& observed,
                                   const std::map<std::uint32_t, std::string>& given) {
  std::vector<AliasStep> steps;
  for (const auto& link : observed) {
    const auto wish = desired.find(link.id());
    const auto before = given.find(link.spec().index());
    if (wish != desired.end()) {
      if (wish->spec().alias() != link.spec().alias()) {
        steps.push_back({.index = link.spec().index(), .alias = wish->spec().alias()});
      }
    } else if (before != given.end() && before->second == link.spec().alias()) {
      steps.push_back({.index = link.spec().index(), .alias = ""});
    }
  }
  return steps;
}

absl::Status LinkAliases::Apply(const All<network::LinkAliasSpec>& desired,
                                const All<network::LinkStatus>& observed,
                                sys::VirtualLinks& links) {
  absl::Status result;
  for (const AliasStep& step : PlanAliases(desired, observed, given_)) {
    absl::Status status = links.SetAlias(step.index, step.alias);
    if (status.ok() && step.alias.empty()) {
      given_.erase(step.index);
    } else if (status.ok()) {
      given_[step.index] = step.alias;
    }
    result.Update(status);
  }
  return result;
}

}  // namespace ichor::networkd
