// The cgroup tree of the node.
#pragma once

#include <string_view>

#include "lib/early/console.h"
#include "lib/early/fd.h"

namespace ichor::init {

// Makes the cgroups that exist from the start with their values, and moves init into its own. What
// fails is said.
void MakeStartCgroups(const early::Console& console);

// Makes a cgroup, "" being the root, and those above it, and opens it for Launch::cgroup_fd. Not
// ok(), with errno, if the kernel refuses.
early::Fd OpenCgroup(std::string_view path);

// Sends a signal to every process of a cgroup, and with SIGKILL also of those below it. 0 or an
// errno.
int SignalCgroup(std::string_view path, int signal);

}  // namespace ichor::init
