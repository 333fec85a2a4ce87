// The machine's own screen: the kernel's log on the first virtual console, the dashboard on the
// second. ioctl_console(2).
#pragma once

namespace ichor::init {

// What the kernel says goes to the first virtual console from now on, whichever is shown: it would
// be written across the dashboard. Best effort: a machine without a screen has none.
void KeepKernelLogOnFirstConsole();

// Shows the first virtual console, for what is said when nobody draws the dashboard any more. Best
// effort.
void ShowFirstConsole();

}  // namespace ichor::init
