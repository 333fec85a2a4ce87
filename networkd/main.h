// networkd: links, addresses, routes, DHCP. A program of the node's one executable.
#pragma once

namespace ichor::networkd {

// Runs until it is killed. Returns 2 for wrong arguments (--help lists them), 1 if it cannot start.
int Main(int argc, char** argv);

}  // namespace ichor::networkd
