// The machine's disks, probed with libblkid.
#pragma once

#include <string>

#include "lib/sys/block_devices.h"

namespace ichor::sys {

class LinuxBlockDevices : public BlockDevices {
 public:
  // Regular files are disks too, for tests and images.
  absl::StatusOr<ProbedDisk> Probe(const std::string& dev_path) override;
  absl::StatusOr<DeviceSize> Measure(const std::string& dev_path) override;
  absl::StatusOr<std::string> Read(const std::string& dev_path, std::uint64_t offset,
                                   size_t size) override;
  absl::Status Write(const std::string& dev_path, std::uint64_t offset,
                     std::string_view bytes) override;
  absl::Status AddPartition(const std::string& dev_path, std::uint32_t number,
                            std::uint64_t offset_bytes, std::uint64_t size_bytes) override;
};

}  // namespace ichor::sys
