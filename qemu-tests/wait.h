// What tests of a node wait for.
#pragma once

#include "absl/status/status.h"
#include "qemu-tests/node_api.h"

namespace ichor::qemu {

// A node without a config that can be reached, and whose services are all well.
absl::Status WaitForMaintenance(NodeApi& api);

// A node with a config, that works.
absl::Status WaitForRunning(NodeApi& api);

}  // namespace ichor::qemu
