// machined: the resources of this node, the services, and the machine API on a unix socket.
#pragma once

namespace ichor::machined {

// Runs until init ends it. Descriptor 3 is the channel to init. Returns 1 if it could not begin.
// Arguments: --no-checkpoint begins without what the one before left.
int Main(int argc, char** argv);

}  // namespace ichor::machined
