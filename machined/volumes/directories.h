// What is always there on EPHEMERAL.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace ichor {

// Makes the directories of a node, and the link to /run, below `root`, those that are missing;
// gives those of ours their permission bits and owners. Blocks.
absl::Status MakeEphemeralDirectories(const std::string& root);

}  // namespace ichor
