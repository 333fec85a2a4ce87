// dashboard: the status screen on the machine's own console.
#pragma once

namespace ichor::dashboard {

// Draws on its standard output, a terminal, until it is ended. Returns 1 if it could not begin.
// Arguments: --socket PATH, of machined (default /system/run/machined/machine.sock).
int Main(int argc, char** argv);

}  // namespace ichor::dashboard
