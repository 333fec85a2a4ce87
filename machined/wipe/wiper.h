// Wipes devices, a piece at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/sys/block_devices.h"
#include "lib/sys/disk_eraser.h"
#include "machined/wipe/policy.h"

namespace ichor {

// Blocks: for workers, one at a time.
class Wiper {
 public:
  // Both doors must outlive this.
  Wiper(sys::DiskEraser& eraser, sys::BlockDevices& devices, std::vector<WipePlan> plans)
      : eraser_(eraser), devices_(devices), plans_(plans.begin(), plans.end()) {}

  // Does a piece of at most 64 MiB; false when all is done. Errors name the device, and leave those
  // behind it as they are. Signatures of anything are in the first or last megabyte of a device, so
  // that is what goes if not everything shall.
  absl::StatusOr<bool> Step();

 private:
  absl::Status Begin(const WipePlan& plan);
  absl::Status End(const WipePlan& plan);
  void AddEnds(const WipePlan::Place& place, std::uint64_t size_bytes);
  absl::Status DropEntry(const WipePlan::Entry& entry);

  sys::DiskEraser& eraser_;
  sys::BlockDevices& devices_;
  std::deque<WipePlan> plans_;
  std::unique_ptr<sys::ClaimedDevice> claimed_;  // of the first of them
  std::deque<WipePlan::Place> pieces_;           // still to be done of it
};

// Wipes a whole disk as far as anything could be found on it again: what is at the ends of it, of
// its partitions, and of the places of `also`. Blocks.
absl::Status WipeDisk(sys::DiskEraser& eraser, sys::BlockDevices& devices,
                      const std::string& dev_path, std::vector<WipePlan::Place> also = {});

}  // namespace ichor
