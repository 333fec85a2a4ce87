// Which type of resource a word means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cosi/resource/meta.pb.h"
#include "ichorctl/nodes/nodes.h"

namespace ichor::ctl {

// All that `node` has. Errors as Nodes::CallOne. Blocks; runs the session's loop.
absl::StatusOr<std::vector<cosi::resource::meta::ResourceDefinitionSpec>> AllDefinitions(
    Nodes& nodes, const std::string& node);

// Asks the first node. `word` is a type or one of its aliases, in any case: "hostnamestatus",
// "HostnameStatuses.net.talos.dev". NotFound, with words that are alike; InvalidArgument if it
// means several. Blocks; runs the session's loop.
absl::StatusOr<cosi::resource::meta::ResourceDefinitionSpec> FindDefinition(Nodes& nodes,
                                                                            std::string_view word);

}  // namespace ichor::ctl
