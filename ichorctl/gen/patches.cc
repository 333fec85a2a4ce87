#include "ichorctl/gen/patches.h"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <utility>

#include "ichorctl/files/files.h"
#include "lib/base/status.h"
#include "lib/config/migrate/migrate.h"

namespace ichor::ctl {
namespace {

bool IsFile(const std::string& argument) {
  return argument.starts_with('@') || (argument.find_first_of(" \n") == std::string::npos &&
                                       !argument.starts_with('[') && !argument.starts_with('{'));
}

// Everything that a config in documents of today says elsewhere.
absl::Status CheckCurrent(const config::Config& config, std::span<const config::Patch> patches) {
  config::Findings findings;
  for (const config::Patch& patch : patches) {
    std::ranges::move(config::OldFields(patch, config), std::back_inserter(findings));
  }
  return config::ToStatus(findings);
}

}  // namespace

absl::StatusOr<std::vector<config::Patch>> ReadPatches(Session& session,
                                                       const std::vector<std::string>& arguments) {
  std::vector<config::Patch> patches;
  for (const std::string& argument : arguments) {
    std::string name = "patch";
    std::string text = argument;
    if (IsFile(argument)) {
      name = argument.substr(argument.starts_with('@') ? 1 : 0);
      ASSIGN_OR_RETURN(text, ReadInput(session, name));
    }
    ASSIGN_OR_RETURN(config::Patch patch, config::ParsePatch(std::move(name), std::move(text)));
    patches.push_back(std::move(patch));
  }
  return patches;
}

absl::StatusOr<config::Config> Patcher::Apply(const config::Config& config,
                                              std::span<const config::Patch> patches,
                                              bool migrate) {
  if (!migrate) {
    RETURN_IF_ERROR(CheckCurrent(config, patches));
    return config::ApplyPatches(config, patches);
  }
  config::Config patched = config;
  for (const config::Patch& patch : patches) {
    ASSIGN_OR_RETURN(const config::MigratedPatch migrated, config::MigratePatch(patch, patched));
    for (const config::Move& move : migrated.moves) {
      const std::string line = config::ToString(move);
      if (told_.insert(line).second) {
        session_.err << line << '\n';
      }
    }
    ASSIGN_OR_RETURN(patched, config::ApplyPatches(patched, std::span(&migrated.patch, 1)));
  }
  return patched;
}

Flag NoMigrateFlag(bool& refuse) {
  return {.name = "no-migrate",
          .help =
              "refuses patches in the one-document form instead of moving what they say into the "
              "documents of today",
          .target = &refuse};
}

}  // namespace ichor::ctl
