// Patches as a person names them on the command line.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ichorctl/cli/session.h"
#include "lib/config/patch.h"

namespace ichor::ctl {

// Each of `arguments` is "@FILE", a file's name, or the patch itself: what has a blank, a line
// break or a bracket in front. Errors name the file. Blocks.
absl::StatusOr<std::vector<config::Patch>> ReadPatches(Session& session,
                                                       const std::vector<std::string>& arguments);

}  // namespace ichor::ctl
