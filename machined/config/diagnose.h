// What is wrong with the node's config, for those who ask why.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// Diagnostic "config" while the stage of the node has a reason. Never fails.
absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseStage(const All<boot::NodeStage>& stages);

}  // namespace ichor
