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

// Writes them below `directory`, and says so in the row "static-pods", and in one for the files of
// each program, with a version of its own; removes what was there, and says nothing, if there are
// none. Blocks.
template <class Status>
Report<Status> WriteFiles(const std::optional<std::vector<PodFiles>>& pods,
                          const std::string& directory) {
  Report<Status> report;
  const std::vector<PodFiles> programs = pods.value_or(std::vector<PodFiles>());
  const std::vector<OwnedDirectory> directories = DirectoriesOf(programs, directory);
  const absl::Status written =
      pods.has_value() ? WriteOwned(directories) : RemoveOwnedBelow(directory);
  const auto add = [&](const std::string& id, const std::vector<OwnedDirectory>& files) {
    typename Status::Spec row;
    row.set_ready(written.ok());
    row.set_version(VersionOfFiles(files));
    written.ok() ? report.Add(id, std::move(row)) : report.AddFailed(id, std::move(row), written);
  };
  if (pods.has_value() || !written.ok()) {
    add("static-pods", directories);
  }
  for (size_t i = 0; i < programs.size(); ++i) {
    add(programs[i].program, {directories[i]});
  }
  return report;
}

}  // namespace ichor
