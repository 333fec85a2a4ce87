// The steps of stage 1, in order.
#pragma once

#include <string_view>

#include "lib/early/console.h"

namespace ichor::stage1 {

// Mounts what comes first. Nothing can be said before.
void MountFirst(const early::Console& console);

// All of stage 1 up to the switched root. False if the boot cannot go on; the reason was said.
// `watchdog_fd` is the armed watchdog's descriptor then, or -1.
bool Boot(std::string_view command_line, const early::Console& console, int& watchdog_fd);

// Waits as `panic=` says, 10 s without it, and restarts the machine; with panic=0 waits for ever.
[[noreturn]] void Restart(std::string_view command_line, const early::Console& console);

}  // namespace ichor::stage1
