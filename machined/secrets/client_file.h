// Files of clients that a node of the control plane makes for its administrators.
#pragma once

#include <chrono>
#include <string>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/runtime/rows.h"
#include "machine/machine.pb.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// The cluster's name, as the config in force has it; empty if it has none.
std::string ClusterNameOf(const All<config::MachineConfig>& configs);

// A new key, a certificate of `root`'s CA with the roles and the lifetime that are asked for, and
// both with the CA as a client's file without endpoints: its context is called after the cluster,
// with the role before it if there is but one ("reader@home"). Unimplemented without the key of
// the CA; InvalidArgument for roles that nobody knows, for none, and for a lifetime that is over
// at once.
absl::StatusOr<machine::GenerateClientConfiguration> NewClientFile(
    const secrets::OSRootSecret::Spec& root, const std::string& cluster,
    const machine::GenerateClientConfigurationRequest& request, base::WallTime now);

// A new key, a certificate of `root`'s CA and both as an administrator's kubeconfig, which leads to
// the cluster's endpoint. Valid for `lifetime`, from ten seconds before `now`: clocks differ.
// Unimplemented without the key of the CA.
absl::StatusOr<std::string> NewKubeconfig(const secrets::KubernetesRootSecret::Spec& root,
                                          std::chrono::seconds lifetime, base::WallTime now);

// How long such a certificate is valid, as the config in force has it.
std::chrono::seconds KubeconfigLifetime(const All<config::MachineConfig>& configs);

}  // namespace ichor
