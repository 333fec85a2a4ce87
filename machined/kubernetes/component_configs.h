// Settings of the control plane's programs, from the config.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

inline constexpr const char* kApiServerId = "kube-apiserver";
inline constexpr const char* kControllerManagerId = "kube-controller-manager";
inline constexpr const char* kSchedulerId = "kube-scheduler";

// Before the ids of rows that have the program's command line too.
inline constexpr const char* kFinalPrefix = "final-";

// The row with the program's id, and the final one; none where there is no control plane. The
// version of the final one says which config a pod runs. InvalidArgument for flags that the config
// may not give.
absl::StatusOr<Desired<k8s::APIServerConfig>> DeriveApiServer(
    const All<config::MachineConfig>& configs, const All<secrets::KubernetesRootSecret>& roots);
absl::StatusOr<Desired<k8s::ControllerManagerConfig>> DeriveControllerManager(
    const All<config::MachineConfig>& configs);
absl::StatusOr<Desired<k8s::SchedulerConfig>> DeriveScheduler(
    const All<config::MachineConfig>& configs);

// What kube-apiserver reads from files: AdmissionControlConfig "admission-control",
// AuditPolicyConfig "audit-policy", AuthenticationConfig "authentication-config" where the config
// has one, and AuthorizationConfig "authorization" with the authorizers that are always there.
absl::StatusOr<Desired<k8s::AdmissionControlConfig>> DeriveAdmissionControl(
    const All<config::MachineConfig>& configs);
absl::StatusOr<Desired<k8s::AuditPolicyConfig>> DeriveAuditPolicy(
    const All<config::MachineConfig>& configs);
absl::StatusOr<Desired<k8s::AuthenticationConfig>> DeriveAuthentication(
    const All<config::MachineConfig>& configs);
absl::StatusOr<Desired<k8s::AuthorizationConfig>> DeriveAuthorization(
    const All<config::MachineConfig>& configs);

// EtcdEncryptionConfig "k8s": how secrets are encrypted in etcd.
absl::StatusOr<Desired<k8s::EtcdEncryptionConfig>> RenderEncryption(
    const All<secrets::KubernetesRootSecret>& roots);

}  // namespace ichor
