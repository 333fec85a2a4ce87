// Landlock: which paths a process may still open. Part of sandbox.h.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace ichor::sys {

// Forbids this thread, and those it starts later, every path but these; needs no_new_privs. Rules
// and errors as SandboxRules says.
absl::Status RestrictPaths(const std::vector<std::string>& readable,
                           const std::vector<std::string>& writable);

}  // namespace ichor::sys
