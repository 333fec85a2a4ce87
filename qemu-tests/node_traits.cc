#include "qemu-tests/node_traits.h"

#include "lib/base/status.h"
#include "qemu-tests/wait.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::qemu {

absl::StatusOr<NodeTraits> TraitsOf(NodeApi& api) {
  RETURN_IF_ERROR(WaitForRunning(api));
  ASSIGN_OR_RETURN(const auto identity, api.Get<cluster::Identity>("local"));
  ASSIGN_OR_RETURN(const auto config, api.Get<config::MachineConfig>("persistent"));
  ASSIGN_OR_RETURN(const auto name, api.Get<network::HostnameStatus>("hostname"));
  ASSIGN_OR_RETURN(const auto disk, api.Get<block::SystemDisk>("system-disk"));
  return NodeTraits{.identity = identity.node_id(),
                    .config = config.yaml_marshalled(),
                    .hostname = name.hostname(),
                    .system_disk = disk.dev_path()};
}

}  // namespace ichor::qemu
