// Gives the slots of a disk their arguments.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/sys/file_systems.h"

namespace ichor {

// Adds `arguments` for both loaders, whatever the firmware: the disk may go into another machine.
// `efi` is the EFI partition of a disk that nobody boots yet; all of its slots get them. Done
// again, it changes nothing. NotFound if the loaders have no place for arguments there; else as the
// doors and AddToAddon. Blocks.
absl::Status WriteArguments(sys::MountedFiles& efi, const std::vector<std::string>& arguments);

}  // namespace ichor
