// Which disk is the system's, and what is wrong with the disks.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "machined/block/boot_facts.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// The disk that stage 1 named, once the kernel's device is there. Nothing else is looked at: which
// disk it is was decided before the root was mounted from it. Never fails.
absl::StatusOr<Desired<block::SystemDisk>> ChooseSystemDisk(const All<block::BlockDevice>& devices,
                                                            const BootFacts& facts);

// Row `disk-copies` names the disks that carry the same GUIDs as the system disk, by their devices
// or, as long as those are unknown, their numbers; row `boot-disks` says what of stage 1's files
// could not be understood. Never fails.
absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseBootDisks(
    const All<block::BlockDevice>& devices, const BootFacts& facts);

}  // namespace ichor
