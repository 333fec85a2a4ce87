// The whole program, but for the streams and files that main() gives it.
#pragma once

#include <string>
#include <vector>

#include "ichorctl/cli/command.h"
#include "ichorctl/cli/session.h"

namespace ichor::ctl {

// All commands. Copies share where the values of their flags go.
Command NewProgram();

// Runs what `words` say, without the program's name in front. 0, or 1 after an error, which is then
// on standard error. Blocks.
int Run(const std::vector<std::string>& words, Session& session);

}  // namespace ichor::ctl
