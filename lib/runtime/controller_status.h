// How controllers are: the rows of runtime/ControllerStatuses.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "ichor/resource.resources.h"
#include "lib/runtime/actuator_runner.h"
#include "lib/runtime/running_controller.h"

namespace ichor {

// Who owns the rows.
inline constexpr std::string_view kStatusWriter = "runtime";

TypeRef ControllerStatusType();

// `last`: how the last publication went; absent: there was none.
runtime::ControllerStatus::Spec SourceStatus(const Node& node,
                                             const std::optional<absl::Status>& last);

// While a controller waits for an input, `error` names it.
runtime::ControllerStatus::Spec StatusOf(const RunningController& controller);
runtime::ControllerStatus::Spec StatusOf(const ActuatorRunner& actuator);

}  // namespace ichor
