// From what was typed to the command that is meant.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ichorctl/cli/command.h"

namespace ichor::ctl {

struct Invocation {
  std::vector<const Command*> path;      // from the root to the command
  std::vector<std::string> arguments{};  // that are no flags
  bool help = false;                     // asked for: nothing else was checked

  const Command& command() const { return *path.back(); }
};

// Sets the targets of the flags in `words`, which do not have the program's name in front.
// InvalidArgument, with what may have been meant, for commands, flags, values and arguments that
// there are not, and for arguments that are missing; `path` tells how far it came.
absl::Status Parse(const Command& root, const std::vector<std::string>& words,
                   Invocation& invocation);

// "ichorctl gen secrets"
std::string NameOf(const std::vector<const Command*>& path);

}  // namespace ichor::ctl
