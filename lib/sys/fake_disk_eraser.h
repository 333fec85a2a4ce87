// Erases the disks of a FakeBlockDevices.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lib/sys/disk_eraser.h"
#include "lib/sys/fake_block_devices.h"

namespace ichor::sys {

class FakeDiskEraser : public DiskEraser {
 public:
  explicit FakeDiskEraser(FakeBlockDevices& devices) : devices_(devices) {}

  absl::StatusOr<std::unique_ptr<ClaimedDevice>> Claim(const std::string& dev_path) override;
  absl::Status RemovePartition(const std::string& disk_path, std::uint32_t number) override;

  std::set<std::string> busy;       // paths that are in use
  std::vector<std::string> reread;  // paths whose table was looked at anew
  std::map<std::string, std::vector<std::uint32_t>> removed;  // partitions, by their disk's path

 private:
  class Device;
  FakeBlockDevices& devices_;
};

}  // namespace ichor::sys
