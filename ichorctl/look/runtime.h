// Which containers are meant: those of the system, or those of Kubernetes.
#pragma once

#include "ichorctl/cli/command.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {

// -k, --kubernetes
inline Flag KubernetesFlag(bool* target) {
  return {.name = "kubernetes", .letter = 'k', .help = "those of Kubernetes", .target = target};
}

// A request with namespace and driver set.
template <class Request>
Request OfRuntime(bool kubernetes) {
  Request request;
  request.set_namespace_(kubernetes ? "k8s.io" : "system");
  request.set_driver(kubernetes ? common::CRI : common::CONTAINERD);
  return request;
}

}  // namespace ichor::ctl
