#include "machined/volumes/space_watch.h"

#include <utility>

#include "ichor/boot.resources.h"
#include "lib/disk/system_table.h"
#include "machined/volumes/space.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

SpaceWatch::SpaceWatch(Parts parts) : parts_(std::move(parts)) {
  parts_.runtime.Publish<runtime::Diagnostic>(kSource, {});
  LookLater();
}

void SpaceWatch::LookLater() {
  parts_.loop.RunAt(parts_.clock.Monotonic() + kInterval, [self = std::weak_ptr(self_)] {
    if (const auto alive = self.lock()) {
      (*alive)->Look();
    }
  });
}

bool SpaceWatch::Watched() const {
  const auto mounts = parts_.runtime.Read<block::MountStatus>();
  return mounts.find(std::string(disk::kEphemeral)) != mounts.end() &&
         parts_.runtime.Read<boot::PowerRequest>().empty();
}

void SpaceWatch::Look() {
  if (!Watched()) {
    parts_.runtime.Publish<runtime::Diagnostic>(kSource, {});
    LookLater();
    return;
  }
  parts_.worker.Run("watch-space", [mailbox = parts_.loop.mailbox(), self = std::weak_ptr(self_),
                                    &files = parts_.files, var = parts_.var] {
    mailbox->Post([self, use = files.Use(var)] {
      if (const auto alive = self.lock()) {
        (*alive)->OnUse(use);
      }
    });
  });
}

// What cannot be asked now is known as before.
void SpaceWatch::OnUse(const absl::StatusOr<sys::FilesystemUse>& use) {
  if (use.ok() && Watched()) {
    parts_.runtime.Publish<runtime::Diagnostic>(
        kSource,
        DiagnoseSpace({.size_bytes = use->size_bytes, .available_bytes = use->available_bytes}));
  }
  LookLater();
}

}  // namespace ichor
