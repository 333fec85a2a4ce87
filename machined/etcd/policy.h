// What the config makes of etcd on this machine.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/etcd.resources.h"
#include "lib/runtime/rows.h"
#include "machined/kubernetes/arguments.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/etcd/etcd.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// EtcdConfig "etcd"; none where there is no control plane, or no CA of etcd.
absl::StatusOr<Desired<etcd::EtcdConfig>> DeriveEtcdConfig(
    const All<config::MachineConfig>& configs);

// EtcdSpec "etcd": with the addresses that etcd announces and those that it listens on; none
// before there are both, and a name. InvalidArgument for flags that the config may not give.
absl::StatusOr<Desired<etcd::EtcdSpec>> ResolveEtcdSpec(
    const All<config::MachineConfig>& configs, const All<etcd::EtcdConfig>& wishes,
    const All<network::HostnameStatus>& hostnames, const All<network::NodeAddress>& addresses);

// The flags that etcd is started with, sorted, with those that say how its cluster begins.
// InvalidArgument for extra ones that the config may not give.
absl::StatusOr<std::vector<std::string>> EtcdFlags(const etcd::EtcdSpec::Spec& spec,
                                                   const Arguments& beginning = {});

// Where the member of `spec` is found by others: "https://10.0.0.1:2380,https://[fd00::1]:2380".
std::string PeerUrls(const etcd::EtcdSpec::Spec& spec);

// "10.0.0.1" of a member's "https://10.0.0.1:2380", "fd00::1" of "https://[fd00::1]:2380".
std::string HostOfUrl(std::string_view url);

// The cluster of this member alone: "n1=https://10.0.0.1:2380,n1=https://[fd00::1]:2380".
std::string OwnCluster(const etcd::EtcdSpec::Spec& spec);

}  // namespace ichor
