// trustd, as a program.
#pragma once

namespace ichor::trustd {

// Runs until it is asked to end. The exit status of the process.
int Main(int argc, char** argv);

}  // namespace ichor::trustd
