// Which kernel modules the config wants.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// The modules of `machine.kernel.modules` and of KernelModuleConfig documents, by name; a document
// wins over the one-document form. Never fails.
absl::StatusOr<Desired<runtime::KernelModuleSpec>> WantModules(
    const All<config::MachineConfig>& configs);

}  // namespace ichor
