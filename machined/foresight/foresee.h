// What another config would make of the node, before it is applied.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/config/config.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/store.h"
#include "machined/config/apply_request.h"

namespace ichor {

// Compares the rows of `store` with those that `policies` would state if `source`, who states the
// config, stated `after`. A caller is warned if the address that he talks to goes. Changes nothing;
// on the store's thread.
absl::StatusOr<ConfigForesight> Foresee(Store& store, const std::vector<ReconcilerBody>& policies,
                                        std::string_view source, const config::Config& after,
                                        const Caller& caller);

}  // namespace ichor
