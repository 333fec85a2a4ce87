// What a test's code writes to standard error, which is where the log goes.
#pragma once

#include <functional>
#include <string>

namespace ichor::base {

// Runs `action`, and returns what it wrote: at most 4 KiB, while no other thread writes.
std::string CaptureStderr(const std::function<void()>& action);

}  // namespace ichor::base
