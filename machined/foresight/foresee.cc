#include "machined/foresight/foresee.h"

#include <algorithm>
#include <set>
#include <utility>

#include "ichor/network.resources.h"
#include "lib/base/status.h"
#include "lib/resource/resource_type.h"
#include "lib/resource/yaml.h"
#include "lib/runtime/preview.h"
#include "machined/network/reach.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {
namespace {

using network::LinkStatus;
using network::NetworkConfiguration;

constexpr std::string_view kActive = "v1alpha1";

Desired<config::MachineConfig> RowsOf(const config::Config& config) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(config.text());
  Desired<config::MachineConfig> rows;
  rows.Add("persistent", spec);
  rows.Add(std::string(kActive), std::move(spec));
  return rows;
}

// Empty for a row that is not there.
std::string TextOf(const ResourcePtr& row) {
  if (row == nullptr) {
    return "";
  }
  const ResourceType* const type = FindResourceType(row->metadata.kind->type);
  const google::protobuf::Message* const spec = row->spec->message();
  return type == nullptr || type->sensitive || spec == nullptr ? "(secret)\n" : ToYaml(*spec);
}

ResourceDifference DifferenceOf(const RowChange& change) {
  const Metadata& metadata = (change.before == nullptr ? change.after : change.before)->metadata;
  return {.ns = metadata.kind->ns,
          .type = metadata.kind->type,
          .id = metadata.id,
          .before = TextOf(change.before),
          .after = TextOf(change.after)};
}

template <class T>
All<T> Now(Store& store) {
  return All<T>(store.CollectionOf(T::kNamespace, T::kType).Running());
}

// The names that the config in force gives to links.
std::set<std::string> AliasesNow(Store& store) {
  const All<config::MachineConfig> configs = Now<config::MachineConfig>(store);
  const auto active = configs.find(kActive);
  if (active == configs.end()) {
    return {};
  }
  const absl::StatusOr<config::Config> config = config::Load("", active->spec().yaml_marshalled());
  return config.ok() ? LinkAliases(*config) : std::set<std::string>{};
}

Reach ReachWith(const All<NetworkConfiguration>& rows, const All<LinkStatus>& links,
                const std::set<std::string>& aliases) {
  return rows.empty() ? Reach{} : ReachOf(rows.front().spec(), links, aliases);
}

// Whether the command line or the platform wishes for a row of T.
template <class T>
bool IsWishedElsewhere(Store& store) {
  return std::ranges::any_of(Now<InNamespace<T, "network-config">>(store), [](const auto& row) {
    return row.id().starts_with("cmdline/") || row.id().starts_with("platform/");
  });
}

// Such addresses and leases no config takes away.
bool HasOtherAddresses(Store& store) {
  return IsWishedElsewhere<network::AddressSpec>(store) ||
         IsWishedElsewhere<network::OperatorSpec>(store);
}

}  // namespace

absl::StatusOr<ConfigForesight> Foresee(Store& store, const std::vector<ReconcilerBody>& policies,
                                        std::string_view source, const config::Config& after,
                                        const Caller& caller) {
  ASSIGN_OR_RETURN(Preview preview,
                   Preview::Of(store, policies, source, TypeRef::Of<config::MachineConfig>(),
                               RowsOf(after).Take()));
  ConfigForesight foresight;
  for (const RowChange& change : preview.Changes()) {
    const Metadata& metadata = (change.before == nullptr ? change.after : change.before)->metadata;
    if (metadata.kind->type != config::MachineConfig::kType) {  // the config's own changes say it
      foresight.resources.push_back(DifferenceOf(change));
    }
  }
  foresight.warnings = preview.problems();
  const All<LinkStatus> links = Now<LinkStatus>(store);
  const Reach now = ReachWith(Now<NetworkConfiguration>(store), links, AliasesNow(store));
  const Reach then = ReachWith(preview.Read<NetworkConfiguration>(), links, LinkAliases(after));
  foresight.cuts_off =
      now.IsUsable(caller.client) && !then.IsUsable(caller.client) && !HasOtherAddresses(store);
  if (auto loss = DescribeLoss(caller.node, now, then, Now<network::AddressStatus>(store))) {
    foresight.warnings.push_back(*std::move(loss));
  }
  return foresight;
}

}  // namespace ichor
