// What a child's wait status says. See wait(2).
#pragma once

#include <string>

namespace ichor::sys {

// "exited with 1", or "killed by signal 9 (Killed)".
std::string DescribeWaitStatus(int wait_status);

// Whether it exited with 0.
bool Succeeded(int wait_status);

}  // namespace ichor::sys
