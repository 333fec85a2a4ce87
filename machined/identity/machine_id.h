// The node's identity as programs of the node read it.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"
#include "talos/resource/definitions/files/files.resources.h"

namespace ichor {

// "machine-id" of machine-id(5), for a node that has an identity.
absl::StatusOr<Desired<files::EtcFileSpec>> RenderMachineId(
    const All<cluster::Identity>& identities);

}  // namespace ichor
