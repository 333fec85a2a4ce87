// What the config has of the cluster's secrets: CAs, keys and tokens of Kubernetes and etcd.
#pragma once

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// KubernetesRootSecret "k8s"; none on workers, and none without a CA that signs. Fails for an
// issuer's key that cannot be read.
absl::StatusOr<Desired<secrets::KubernetesRootSecret>> DeriveKubernetesRoot(
    const All<config::MachineConfig>& configs);

// EtcdRootSecret "etcd"; none on workers, and none without a CA that signs.
absl::StatusOr<Desired<secrets::EtcdRootSecret>> DeriveEtcdRoot(
    const All<config::MachineConfig>& configs);

// KubeletSecret "kubelet": how the kubelet joins. None without a CA of Kubernetes.
absl::StatusOr<Desired<secrets::KubeletSecret>> DeriveKubeletSecret(
    const All<config::MachineConfig>& configs);

// CertSAN "k8s": under which names and addresses the API server is reached.
absl::StatusOr<Desired<secrets::CertSAN>> DeriveKubernetesNames(
    const All<config::MachineConfig>& configs, const All<secrets::KubernetesRootSecret>& roots,
    const All<network::HostnameStatus>& hostnames, const All<network::NodeAddress>& addresses);

}  // namespace ichor
