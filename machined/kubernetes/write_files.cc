#include "machined/kubernetes/write_files.h"

#include <format>

#include "machined/kubernetes/component_configs.h"

namespace ichor {

std::optional<std::vector<PodFiles>> SecretFiles(
    const All<secrets::KubernetesRootSecret>& roots, const All<secrets::EtcdRootSecret>& etcd_roots,
    const All<secrets::KubernetesSecret>& kubeconfigs,
    const All<secrets::KubernetesDynamicCert>& certificates, const All<secrets::EtcdSecret>& etcd,
    const All<k8s::EtcdEncryptionConfig>& encryption) {
  if (roots.empty() || etcd_roots.empty() || kubeconfigs.empty() || certificates.empty() ||
      etcd.empty() || encryption.empty()) {
    return std::nullopt;
  }
  return RenderPodSecrets({.root = roots.front().spec(),
                           .etcd_root = etcd_roots.front().spec(),
                           .kubeconfigs = kubeconfigs.front().spec(),
                           .certificates = certificates.front().spec(),
                           .etcd = etcd.front().spec(),
                           .encryption = encryption.front().spec().configuration()});
}

std::optional<std::vector<PodFiles>> ConfigFiles(
    const All<k8s::AdmissionControlConfig>& admission, const All<k8s::AuditPolicyConfig>& audit,
    const All<k8s::AuthorizationConfig>& authorization,
    const All<k8s::AuthenticationConfig>& authentication,
    const All<k8s::SchedulerConfig>& schedulers) {
  const auto scheduler = schedulers.find(kSchedulerId);
  if (admission.empty() || audit.empty() || authorization.empty() ||
      scheduler == schedulers.end()) {
    return std::nullopt;
  }
  return RenderPodConfigs({.admission = admission.front().spec(),
                           .audit = audit.front().spec(),
                           .authorization = authorization.front().spec(),
                           .authentication = authentication.empty()
                                                 ? k8s::AuthenticationConfig::Spec()
                                                 : authentication.front().spec(),
                           .scheduler = scheduler->spec()});
}

std::vector<OwnedDirectory> DirectoriesOf(const std::vector<PodFiles>& pods,
                                          const std::string& directory) {
  std::vector<OwnedDirectory> directories;
  directories.reserve(pods.size());
  for (const PodFiles& pod : pods) {
    directories.push_back({.path = std::format("{}/{}", directory, pod.program),
                           .owner = pod.user,
                           .files = pod.files});
  }
  return directories;
}

}  // namespace ichor
