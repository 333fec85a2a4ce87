// Whether and how etcd runs.
#pragma once

#include "absl/status/statusor.h"
#include "ichor/etcd.resources.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/etcd/etcd.resources.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor {

// Rows `etcd`, where the config wants one and it has not left its cluster just now, and
// `etcd-restore` while its data are to be made from a snapshot. What they wait for is one thing at
// a time.
absl::StatusOr<Desired<etcd::EtcdProgram>> PlanEtcd(const All<etcd::EtcdConfig>& wishes,
                                                    const All<etcd::EtcdSpec>& specs,
                                                    const All<etcd::PKIStatus>& certificates,
                                                    const All<time::TimeStatus>& times,
                                                    const All<etcd::EtcdDataStatus>& data);

}  // namespace ichor
