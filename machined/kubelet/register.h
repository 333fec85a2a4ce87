// The kubelet's room: wiring.
#pragma once

#include "lib/runtime/runtime.h"
#include "machined/kubelet/write.h"

namespace ichor {

// Registers what writes the kubelet's files and defines its service.
void RegisterKubelet(Runtime& runtime, const KubeletPlaces& places);

}  // namespace ichor
