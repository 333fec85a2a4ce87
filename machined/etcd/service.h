// The services of etcd.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "ichor/cri.resources.h"
#include "ichor/etcd.resources.h"
#include "ichor/kubelet.resources.h"
#include "ichor/service.resources.h"
#include "lib/runtime/rows.h"

namespace ichor {

// What runs of etcd's image, in containers. When the machine goes down, etcd stays until the pods
// have ended, which need it, and until it has left its cluster, if it is to. While it is not known
// whether there shall be an etcd, one that runs is left as it is.
absl::StatusOr<Desired<services::ServiceDefinition>> DefineEtcd(
    const All<boot::PowerRequest>& power, const All<cri::ContainerRuntime>& runtimes,
    const All<etcd::EtcdProgram>& programs, const All<cri::PodsEnd>& pods,
    const All<etcd::EtcdDataStatus>& data);

}  // namespace ichor
