// Patches as a person names them on the command line.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ichorctl/cli/command.h"
#include "ichorctl/cli/session.h"
#include "lib/config/config.h"
#include "lib/config/patch.h"

namespace ichor::ctl {

// Each of `arguments` is "@FILE", a file's name, or the patch itself: what has a blank, a line
// break or a bracket in front. Errors name the file. Blocks.
absl::StatusOr<std::vector<config::Patch>> ReadPatches(Session& session,
                                                       const std::vector<std::string>& arguments);

// Applies patches in order. What they say in the one-document form, and the config in documents of
// today, moves there; each move is told on standard error.
class Patcher {
 public:
  explicit Patcher(Session& session) : session_(session) {}

  // If `migrate` is not set, such a patch is refused: InvalidArgument, one line for each field.
  // Errors also as config::ApplyPatches.
  absl::StatusOr<config::Config> Apply(const config::Config& config,
                                       std::span<const config::Patch> patches, bool migrate);

 private:
  Session& session_;
  std::set<std::string> told_;  // each move once, though it is in several configs
};

// The flag --no-migrate.
Flag NoMigrateFlag(bool& refuse);

}  // namespace ichor::ctl
