// The kernel's table of mounts. See proc_pid_mountinfo(5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ichor::sys {

// Which mount points of `table`, a mountinfo, keep the file system at `target` busy: mounts below
// it, other mounts of its device, and overlays with directories in it. In the order to unmount:
// the newest first.
std::vector<std::string> MountsUpon(std::string_view table, std::string_view target);

}  // namespace ichor::sys
