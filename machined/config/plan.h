// What another config means for the node, said before it is done.
#pragma once

#include <string>
#include <vector>

#include "lib/config/config.h"

namespace ichor {

// Why the machine must boot again before all of `after` counts; empty if it need not.
std::vector<std::string> RebootReasons(const config::Config& before, const config::Config& after);

// "machine.network.hostname: n1 -> n2", one change a line, secrets redacted. Without `before`,
// nothing.
std::vector<std::string> DescribeChanges(const config::Config* before, const config::Config& after);

// Whether a node can boot with it: there is the document that says what the machine is.
bool IsComplete(const config::Config& config);

}  // namespace ichor
