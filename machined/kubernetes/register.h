// The Kubernetes room: wiring.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/kubernetes/static_pod_list.h"

namespace ichor {

// Registers what derives the control plane's settings and pods from the config, writes their files
// below `secrets` and `configs` ("/system/secrets", "/system/config"), and serves the pods to the
// kubelet. `fresh`: the boot has just begun; no pod runs that could be missed in the list. The
// answer must outlive the runtime's controllers.
std::unique_ptr<StaticPodList> RegisterKubernetes(Runtime& runtime, Loop& loop,
                                                  const std::string& secrets,
                                                  const std::string& configs, bool fresh);

// What a machined that crashed leaves to the next one: the pods with the versions that they carry,
// and the port that the kubelet asks.
std::vector<Kind> KubernetesCheckpointKinds();

}  // namespace ichor
