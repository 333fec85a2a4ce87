// The process apid.
#pragma once

namespace ichor::apid {

// Serves until it is killed. Options: --state PATH (of machined's state for apid), --machined PATH
// (of machined's API), --no-sandbox (for tests). Returns 1, with a line in the log, if it cannot
// start.
int Main(int argc, char** argv);

}  // namespace ichor::apid
