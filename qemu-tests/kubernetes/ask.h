// What stories do with kubectl. A test fails at once when kubectl does not get there.
#pragma once

#include <string>
#include <vector>

#include "qemu-tests/kubernetes/kubectl.h"

namespace ichor::qemu {

// What kubectl prints once it succeeds.
std::string Ask(const Kubectl& kubectl, const std::vector<std::string>& words);

// The cluster does what it is told: a pod of that name, which did not exist, runs to its end.
void RunPod(const Kubectl& kubectl, const std::string& name);

}  // namespace ichor::qemu
