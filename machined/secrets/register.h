// Keys and certificates of this node: wiring.
#pragma once

#include <memory>
#include <vector>

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/secrets/maintenance_secrets.h"

namespace ichor {

// Registers the secrets of maintenance mode, which follow the addresses "accumulative" and the
// hostname. The caller keeps the result as long as `runtime`, and calls its Start after the
// checkpoint was loaded, before the loop turns. All arguments must outlive the result.
std::unique_ptr<MaintenanceSecrets> RegisterSecrets(Runtime& runtime, Loop& loop,
                                                    const base::Clock& clock);

// What belongs into machined's checkpoint, so that its next run has the same CA and certificate.
std::vector<Kind> SecretsCheckpointKinds();

}  // namespace ichor
