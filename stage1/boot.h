// The steps of stage 1, in order.
#pragma once

#include <string_view>

#include "lib/early/console.h"
#include "stage1/fallback.h"

namespace ichor::stage1 {

// Mounts what comes first. Nothing can be said before.
void MountFirst(const early::Console& console);

struct BootResult {
  bool ok = false;       // else the reason was said
  int watchdog_fd = -1;  // the armed watchdog's descriptor
  SlotState slot;        // as far as it is known
};

// All of stage 1 up to the switched root, whose init can be read.
BootResult Boot(std::string_view command_line, const early::Console& console);

// Waits as `panic=` says, 10 s without it, and restarts the machine; with panic=0 waits for ever.
[[noreturn]] void Restart(std::string_view command_line, const early::Console& console);

}  // namespace ichor::stage1
