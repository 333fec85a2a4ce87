#include "machined/config/register.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "machined/arguments/policy.h"
#include "machined/config/diagnose.h"
#include "machined/install/find_systems.h"
#include "machined/volumes/wish.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {
namespace {

using block::DiscoveredVolumesStatus;
using block::Disk;
using block::SystemDisk;

std::vector<std::string> PathsOf(const All<Disk>& disks) {
  std::vector<std::string> paths;
  paths.reserve(disks.size());
  for (const auto& disk : disks) {
    if (disk.spec().secondary_disks().empty() && !disk.spec().cdrom()) {
      paths.push_back(disk.spec().dev_path());
    }
  }
  return paths;
}

// Runs `task` on the loop with the config, if it is there still.
template <class F>
void Tell(Mailbox& mailbox, std::weak_ptr<NodeConfig*> node, F task) {
  mailbox.Post([node = std::move(node), task = std::move(task)] {
    if (const auto self = node.lock()) {
      task(**self);
    }
  });
}

}  // namespace

void RegisterConfig(Runtime& runtime, Loop& loop, NodeConfig& node, sys::BlockDevices* devices) {
  runtime.Reconcile("config.diagnose-stage", DiagnoseStage);
  runtime.Reconcile("config.diagnose-arguments", DiagnoseArguments);
  runtime.Reconcile("config.state-volumes", StateVolumes);
  runtime.Actuate<SystemDisk>(
      "config.find-system-disk",
      [mailbox = loop.mailbox(), weak = node.weak()](const All<SystemDisk>& disks) {
        if (!disks.empty()) {
          Tell(*mailbox, weak, [path = disks.front().spec().dev_path()](NodeConfig& self) {
            self.OnSystemDisk(path);
          });
        }
        return absl::OkStatus();
      });
  if (devices == nullptr) {
    return;
  }
  runtime.Actuate<DiscoveredVolumesStatus, Disk>(
      "config.find-systems",
      [mailbox = loop.mailbox(), weak = node.weak(), devices](
          const All<DiscoveredVolumesStatus>& status, const All<Disk>& disks) {
        if (!status.empty() && status.front().spec().ready()) {
          Tell(*mailbox, weak,
               [found = FindAcceptedSystems(*devices, PathsOf(disks))](NodeConfig& self) {
                 self.OnSystemsFound(found);
               });
        }
        return absl::OkStatus();
      });
}

}  // namespace ichor
