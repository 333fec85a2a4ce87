#include "machined/cluster_api/access.h"

#include <string>

#include "lib/base/status.h"
#include "lib/sys/file.h"

namespace ichor {

std::optional<kube::Access> AdminAccess(const All<secrets::KubernetesSecret>& secrets) {
  if (secrets.empty()) {
    return std::nullopt;
  }
  auto access =
      kube::AccessOfKubeconfig(secrets.front().spec().localhost_admin_kubeconfig(),
                               [](const std::string& path) { return absl::NotFoundError(path); });
  return access.ok() ? std::optional(*std::move(access)) : std::nullopt;
}

absl::StatusOr<kube::Access> KubeletAccess(const std::string& path) {
  constexpr size_t kMaxBytes = 1 << 20;
  const auto read = [](const std::string& file) { return sys::ReadFile(file, kMaxBytes); };
  ASSIGN_OR_RETURN(const std::string kubeconfig, read(path));
  return kube::AccessOfKubeconfig(kubeconfig, read);
}

bool IsHealthy(const All<v1alpha1::Service>& services, std::string_view id) {
  const auto service = services.find(id);
  return service != services.end() && service->spec().running() && service->spec().healthy();
}

}  // namespace ichor
