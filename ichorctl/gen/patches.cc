#include "ichorctl/gen/patches.h"

#include <utility>

#include "ichorctl/files/files.h"
#include "lib/base/status.h"

namespace ichor::ctl {
namespace {

bool IsFile(const std::string& argument) {
  return argument.starts_with('@') || (argument.find_first_of(" \n") == std::string::npos &&
                                       !argument.starts_with('[') && !argument.starts_with('{'));
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

}  // namespace ichor::ctl
