// What networkd can still do once it has begun.
#pragma once

#include <string>

#include "lib/sys/sandbox.h"

namespace ichor::networkd {

// What it parses comes from anybody: it sees no files but those of its links and its checkpoint,
// whose path is `checkpoint`, and has no system calls but those it needs.
sys::SandboxRules PrivilegesOf(const std::string& checkpoint);

}  // namespace ichor::networkd
