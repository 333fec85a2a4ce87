// The room of Kubernetes' containerd: wiring.
#pragma once

#include "lib/runtime/runtime.h"
#include "lib/sys/volume/mounts.h"
#include "machined/cri/volumes.h"

namespace ichor {

// Registers what configures containerd, mounts for it and defines its service. `mounts` must
// outlive the process's workers.
void RegisterCri(Runtime& runtime, sys::Mounts& mounts, const CriPlaces& places);

}  // namespace ichor
