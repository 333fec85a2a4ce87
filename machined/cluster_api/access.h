// As whom this node asks its API server, and when.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/kube/access.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {

// As the node's own administrator, over the node's own endpoint; nothing before its certificate is
// there, which only a control plane has.
std::optional<kube::Access> AdminAccess(const All<secrets::KubernetesSecret>& secrets);

// As the kubelet, once it has a certificate: what its kubeconfig at `path` says, with the files
// that this names. Blocks for reading them. NotFound before that.
absl::StatusOr<kube::Access> KubeletAccess(const std::string& path);

// Whether a service runs and is healthy.
bool IsHealthy(const All<v1alpha1::Service>& services, std::string_view id);

}  // namespace ichor
