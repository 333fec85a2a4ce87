// Which kernel modules the node wants.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// The modules of `machine.kernel.modules` and of KernelModuleConfig documents, by name; a document
// wins over the one-document form. On a node with a kubelet also what pods expect and cannot load:
// br_netfilter, which lets firewalls see what crosses a bridge, and tun, whose device they open.
// Never fails.
absl::StatusOr<Desired<runtime::KernelModuleSpec>> WantModules(
    const All<config::MachineConfig>& configs);

}  // namespace ichor
