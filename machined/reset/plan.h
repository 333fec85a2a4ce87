// What a reset wipes.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "machine/machine.pb.h"
#include "machined/wipe/policy.h"

namespace ichor {

// What to wipe for `request`: labels of the system disk, all of it, other disks. InvalidArgument
// for a label that no reset knows, and for disks without the mode that wipes them;
// FailedPrecondition, with the reason, for a disk that is the system's or in use; NotFound for one
// that is not there.
absl::StatusOr<ichor::definitions::Wipe> PlanReset(const machine::ResetRequest& request,
                                                   const DiskWorld& world);

}  // namespace ichor
