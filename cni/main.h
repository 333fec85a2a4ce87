// The program `flannel` in /opt/cni/bin.
#pragma once

namespace ichor::cni {

// What a container runtime starts for each pod. The exit status of the process.
int Main(int argc, char** argv);

}  // namespace ichor::cni
