// The kubelet's room: wiring.
#pragma once

#include "lib/runtime/runtime.h"
#include "machined/kubelet/write.h"
#include "machined/services/late_services.h"

namespace ichor {

// Registers what writes the kubelet's files.
void RegisterKubelet(Runtime& runtime, const KubeletPlaces& places);

LateService KubeletService();

}  // namespace ichor
