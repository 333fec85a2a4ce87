// A lock that all nodes of a control plane share.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "lib/kube/access.h"
#include "lib/kube/api.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// Held while manifests are given to the cluster.
inline constexpr std::string_view kManifestLock = "talos:v1:manifestApplyMutex";

// How this node's etcd is asked in JSON; nothing before it has certificates.
std::optional<kube::Access> EtcdAccess(const All<secrets::EtcdRootSecret>& roots,
                                       const All<secrets::EtcdSecret>& certificates);

// Runs `work` while etcd's lock `name` is held, and gives it back. It ends by itself with a node
// that dies, two minutes later. Blocks. Errors of `etcd`, of which Unavailable and DeadlineExceeded
// may mean that another node holds it; else what `work` says.
absl::Status WithEtcdLock(kube::Api& etcd, std::string_view name,
                          const std::function<absl::Status()>& work);

}  // namespace ichor
