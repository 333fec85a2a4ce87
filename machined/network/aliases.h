// Names that the config gives to links.
#pragma once

#include <tuple>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

using LinkAliases = std::tuple<Desired<network::LinkAliasSpec>, Desired<runtime::Diagnostic>>;

// What each LinkAliasConfig gives a name to, of the machine's own network cards; a card has one
// alias, of the first document that fits. A name with %d numbers the cards that fit, from 0, in
// order of their names; another one needs just one card: if there are more, or the selector fails,
// the diagnostic "link-alias" says so. Ids: link name.
absl::StatusOr<LinkAliases> ChooseLinkAliases(const All<config::MachineConfig>& configs,
                                              const All<network::LinkStatus>& links);

}  // namespace ichor
