// Which processes shall run, and where each service stands.
#pragma once

#include <tuple>

#include "absl/status/statusor.h"
#include "ichor/service.resources.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {

using ServiceDecision = std::tuple<Desired<services::ServiceState>, Desired<services::ProcessSpec>,
                                   Desired<v1alpha1::Service>>;

// A service starts when all it depends on are up and it waits for nothing else, and is then kept:
// one that it depends on may restart without it. One that runs once counts as up when it has
// succeeded, and one in a container with the parameters that it has now. A service that depends on
// one that is not defined waits, and says so.
absl::StatusOr<ServiceDecision> DecideServices(const All<services::ServiceDefinition>& definitions,
                                               const All<services::ProcessStatus>& processes,
                                               const All<services::ServiceHealth>& healths);

}  // namespace ichor
