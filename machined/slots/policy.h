// Whether a slot on trial may stay.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {

// A row for each slot on trial, none for a committed one. It is healthy if the machine has reached
// the stage that its config, or the lack of one, leads to, the services that no machine can do
// without are well, and there is an address to reach them at. Kubernetes, the time and registries
// do not count: they may be away. Nor does the status screen: not every machine has a display.
absl::StatusOr<Desired<boot::SlotHealth>> JudgeSlot(const All<boot::BootSlot>& slots,
                                                    const All<runtime::MachineStatus>& machine,
                                                    const All<v1alpha1::Service>& services,
                                                    const All<network::NetworkStatus>& network);

}  // namespace ichor
