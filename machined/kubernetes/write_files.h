// The files of the control plane's programs, from the resources that they are made of.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/runtime/rows.h"
#include "machined/kubernetes/owned_files.h"
#include "machined/kubernetes/pod_files.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// Nothing before all of them are there.
std::optional<std::vector<PodFiles>> SecretFiles(
    const All<secrets::KubernetesRootSecret>& roots, const All<secrets::EtcdRootSecret>& etcd_roots,
    const All<secrets::KubernetesSecret>& kubeconfigs,
    const All<secrets::KubernetesDynamicCert>& certificates, const All<secrets::EtcdSecret>& etcd,
    const All<k8s::EtcdEncryptionConfig>& encryption);

// The same; authentication is not needed.
std::optional<std::vector<PodFiles>> ConfigFiles(
    const All<k8s::AdmissionControlConfig>& admission, const All<k8s::AuditPolicyConfig>& audit,
    const All<k8s::AuthorizationConfig>& authorization,
    const All<k8s::AuthenticationConfig>& authentication,
    const All<k8s::SchedulerConfig>& schedulers);

// Where the files of each program belong, below `directory`.
std::vector<OwnedDirectory> DirectoriesOf(const std::vector<PodFiles>& pods,
                                          const std::string& directory);

// Writes them below `directory`, and says so in the row "static-pods"; removes what was there, and
// says nothing, if there are none. Blocks.
template <class Status>
Report<Status> WriteFiles(const std::optional<std::vector<PodFiles>>& pods,
                          const std::string& directory) {
  Report<Status> report;
  typename Status::Spec row;
  absl::Status written;
  if (pods.has_value()) {
    const std::vector<OwnedDirectory> directories = DirectoriesOf(*pods, directory);
    written = WriteOwned(directories);
    row.set_ready(written.ok());
    row.set_version(VersionOfFiles(directories));
  } else {
    written = RemoveOwnedBelow(directory);
  }
  if (!written.ok()) {
    report.AddFailed("static-pods", std::move(row), written);
  } else if (pods.has_value()) {
    report.Add("static-pods", std::move(row));
  }
  return report;
}

}  // namespace ichor
