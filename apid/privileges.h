// What apid can still do once it has begun.
#pragma once

#include "lib/sys/sandbox.h"

namespace ichor::apid {

// Anybody on the network may talk to it: it sees no file at all, and makes sockets only.
sys::SandboxRules Privileges();

}  // namespace ichor::apid
