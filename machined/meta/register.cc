#include "machined/meta/register.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "machined/meta/policy.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {
namespace {

using block::DiscoveredVolume;
using block::DiscoveredVolumesStatus;
using block::SystemDisk;

// Calls the store on the loop, if it is there still.
template <class F>
void PostTo(Mailbox& mailbox, std::weak_ptr<MetaStore*> self, F call) {
  mailbox.Post([self = std::move(self), call = std::move(call)] {
    if (const auto store = self.lock()) {
      std::invoke(call, **store);
    }
  });
}

}  // namespace

std::unique_ptr<MetaStore> RegisterMeta(const MetaContext& context) {
  auto store = std::make_unique<MetaStore>(context);
  context.runtime.Actuate<SystemDisk, DiscoveredVolume, DiscoveredVolumesStatus>(
      "meta.read",
      [&devices = context.devices, mailbox = context.loop.mailbox(), self = store->weak(),
       read = std::make_shared<std::atomic<bool>>(false)](
          const All<SystemDisk>& disks, const All<DiscoveredVolume>& volumes,
          const All<DiscoveredVolumesStatus>& status) -> absl::Status {
        const std::optional<std::string> dev_path = FindMeta(disks, volumes);
        const bool ready = !status.empty() && status.front().spec().ready();
        if (dev_path.has_value() && !read->load()) {
          absl::StatusOr<std::string> copies =
              devices.Read(*dev_path, 0, kMetaCopies * kMetaBlockBytes);
          if (!copies.ok()) {  // who waits for META goes on without it
            PostTo(*mailbox, self, &MetaStore::OnUnreadable);
            return copies.status();
          }
          read->store(true);
          PostTo(*mailbox, self, [path = *dev_path, copies = *std::move(copies)](MetaStore& meta) {
            meta.OnFound(path, copies);
          });
        } else if (!dev_path.has_value() && ready) {
          PostTo(*mailbox, self, &MetaStore::OnMissing);
        }
        return absl::OkStatus();
      });
  return store;
}

}  // namespace ichor
