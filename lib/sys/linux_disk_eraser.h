// The disks of this machine; files too, for tests.
#pragma once

#include <memory>
#include <string>

#include "lib/sys/disk_eraser.h"

namespace ichor::sys {

class LinuxDiskEraser : public DiskEraser {
 public:
  absl::StatusOr<std::unique_ptr<ClaimedDevice>> Claim(const std::string& dev_path) override;
  absl::Status RemovePartition(const std::string& disk_path, std::uint32_t number) override;
};

}  // namespace ichor::sys
