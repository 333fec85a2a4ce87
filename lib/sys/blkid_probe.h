// The one caller of libblkid.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lib/sys/block_devices.h"

namespace ichor::sys {

// What is on the disk or file open as `fd`, called `name` in errors. `fd` stays the caller's.
// Blocks. Superblocks are foreign bytes, and design wants them parsed with the least privilege; for
// now libblkid, which every udevd trusts with the same bytes as root, parses them in a worker of
// machined. A process of its own takes over behind this function.
absl::StatusOr<ProbedDisk> ProbeDescriptor(int fd, const std::string& name);

}  // namespace ichor::sys
