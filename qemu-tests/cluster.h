// A cluster of one node, as its administrator has it on a workstation.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/pki/identity.h"
#include "lib/rpc/tls.h"

namespace ichor::qemu {

struct Cluster {
  std::string config;       // of a control plane node, as `ichorctl gen config` writes it
  pki::Identity ca;         // of the API
  std::string talosconfig;  // path of an administrator's, with no endpoints

  // A client with these roles that trusts the cluster's nodes, and reaches them as 127.0.0.1.
  rpc::TlsClientOptions Client(const std::vector<std::string>& roles) const;

  // An administrator who takes any node for one of the cluster: one in maintenance mode too.
  rpc::TlsClientOptions Trusting() const;
};

// Makes one in a directory of the running test, with `ichorctl`. `patches` are of the config, as
// --config-patch takes them; `version` is whose form the config has, "v1.11", or empty for today's.
absl::StatusOr<Cluster> NewCluster(const std::vector<std::string>& patches,
                                   const std::string& version = "");

// The config with a patch, as `patch machineconfig` sends it.
absl::StatusOr<std::string> Patched(const std::string& config, const std::string& patch);

}  // namespace ichor::qemu
