// This machine as a node of the cluster: its name, its address, what is written on it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

// Nodename "nodename": of the hostname, or of the full one if the config says so.
absl::StatusOr<Desired<k8s::Nodename>> DeriveNodename(
    const All<config::MachineConfig>& configs, const All<network::HostnameStatus>& hostnames);

// A name as Kubernetes allows it: in lower case, "_" as "-", without other characters than letters,
// digits, "-" and ".", which are neither first nor last.
std::string NodenameOf(std::string_view hostname);

// NodeIPConfig "kubelet": of which networks the node's addresses are.
absl::StatusOr<Desired<k8s::NodeIPConfig>> DeriveNodeIpConfig(
    const All<config::MachineConfig>& configs);

// NodeIP "kubelet": the first address of each family that fits; none if there is none.
absl::StatusOr<Desired<k8s::NodeIP>> ChooseNodeIps(const All<config::MachineConfig>& configs,
                                                   const All<k8s::NodeIPConfig>& wishes,
                                                   const All<network::NodeAddress>& addresses);

// A row for each label, annotation and taint of the node, by key.
absl::StatusOr<Desired<k8s::NodeLabelSpec>> DeriveLabels(const All<config::MachineConfig>& configs);
absl::StatusOr<Desired<k8s::NodeAnnotationSpec>> DeriveAnnotations(
    const All<config::MachineConfig>& configs);
absl::StatusOr<Desired<k8s::NodeTaintSpec>> DeriveTaints(const All<config::MachineConfig>& configs);

// "effect", or "value:effect".
k8s::NodeTaintSpec::Spec TaintOf(std::string_view key, std::string_view text);

// KubePrismEndpoint "k8s-cluster": where API servers answer, and KubePrismConfig
// "k8s-loadbalancer-config": where the node's balancer does, if it is on.
absl::StatusOr<Desired<k8s::KubePrismEndpoint>> DeriveKubePrismEndpoints(
    const All<config::MachineConfig>& configs);
absl::StatusOr<Desired<k8s::KubePrismConfig>> DeriveKubePrism(
    const All<config::MachineConfig>& configs, const All<k8s::KubePrismEndpoint>& endpoints);

}  // namespace ichor
