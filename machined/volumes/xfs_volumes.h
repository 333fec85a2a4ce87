// The file systems of the volumes that the node makes itself.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "lib/disk/partition_table.h"
#include "lib/sys/block_devices.h"
#include "lib/sys/volume/mounts.h"
#include "lib/sys/volume/programs.h"

namespace ichor {

// All methods block, for as long as xfs's programs take.
class XfsVolumes {
 public:
  // All outlive this.
  XfsVolumes(sys::BlockDevices& devices, sys::Programs& programs, sys::Mounts& mounts)
      : devices_(devices), programs_(programs), mounts_(mounts) {}

  // Makes one in place of whatever is there, and mounts it.
  absl::Status Make(const sys::MountPlan& plan, std::string_view label);
  // Makes one unless there is one to mount.
  absl::Status MountOrMake(const sys::MountPlan& plan, std::string_view label);
  // Repairs it once if it cannot be mounted; DataLoss says why that was not enough.
  absl::Status MountOrRepair(const sys::MountPlan& plan, std::string_view label);
  // Has what is mounted at `target` fill its partition, of the disk at `dev_path`.
  absl::Status Grow(const std::string& dev_path, const disk::Partition& partition,
                    const std::string& target);

 private:
  sys::BlockDevices& devices_;
  sys::Programs& programs_;
  sys::Mounts& mounts_;
};

}  // namespace ichor
