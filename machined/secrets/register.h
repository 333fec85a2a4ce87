// The secrets room: wiring.
#pragma once

#include <memory>
#include <vector>

#include "lib/runtime/runtime.h"
#include "machined/secrets/api_secrets.h"

namespace ichor {

// Registers what derives secrets from the config, and the source of those of the API. The answer
// must outlive `runtime`'s controllers.
std::unique_ptr<ApiSecrets> RegisterSecrets(Runtime& runtime, Loop& loop, const base::Clock& clock);

// What a machined that crashed leaves to the next one.
std::vector<Kind> SecretsCheckpointKinds();

}  // namespace ichor
