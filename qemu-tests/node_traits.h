// What tells one node from another, whatever machine it runs in.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "qemu-tests/node_api.h"

namespace ichor::qemu {

struct NodeTraits {
  std::string identity;
  std::string config;
  std::string hostname;
  std::string system_disk;

  bool operator==(const NodeTraits&) const = default;
};

// Those of a node with a config, once it runs.
absl::StatusOr<NodeTraits> TraitsOf(NodeApi& api);

}  // namespace ichor::qemu
