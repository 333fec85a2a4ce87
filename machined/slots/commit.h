// Commits a slot: what the loaders keep of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "ichor/boot.resources.h"
#include "lib/runtime/rows.h"
#include "lib/sys/file_systems.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {

// The node in /dev of the EFI partition of the system disk; absent as long as there is none.
std::optional<std::string> FindEfiPartition(const All<block::SystemDisk>& disks,
                                            const All<block::DiscoveredVolume>& volumes);

// Makes `slot` what both loaders boot, whatever the firmware is: the disk may go into another
// machine. What is done already is left alone. The record of the loader that runs on `firmware` is
// written last, so that after a power cut the slot counts as committed only if both are. Blocks.
absl::Status CommitSlot(sys::MountedFiles& efi, const std::string& slot,
                        const std::string& firmware);

// The actuator: commits each slot that shall be, then calls `tell`, which says so to init.
class SlotCommitter {
 public:
  // `systems` must outlive the runtime's workers; `tell` is called on them.
  SlotCommitter(sys::FileSystems& systems, std::function<absl::Status()> tell);

  Report<boot::SlotReport> operator()(const All<boot::SlotCommit>& commits,
                                      const All<block::SystemDisk>& disks,
                                      const All<block::DiscoveredVolume>& volumes) const;

 private:
  absl::Status Commit(const All<block::SystemDisk>& disks,
                      const All<block::DiscoveredVolume>& volumes, const std::string& slot,
                      const std::string& firmware) const;

  sys::FileSystems* systems_;
  std::function<absl::Status()> tell_;
};

}  // namespace ichor
