// Making a disk, or a partition, empty.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

// A device that is nobody else's as long as this lives. Everything blocks.
class ClaimedDevice {
 public:
  virtual ~ClaimedDevice() = default;

  virtual std::uint64_t size_bytes() const = 0;

  // Makes zeros of `size` bytes from `offset`, on the medium. OutOfRange, and nothing is changed,
  // if they are not all there.
  virtual absl::Status Zero(std::uint64_t offset, std::uint64_t size) = 0;

  // Lets the kernel look at the partition table anew; does nothing for a partition. Waits up to
  // five seconds for whoever looks at a partition; FailedPrecondition if one is in use then.
  virtual absl::Status RereadPartitions() = 0;
};

class DiskEraser {
 public:
  virtual ~DiskEraser() = default;

  // Waits until nobody looks at its partitions, and keeps udevd from it while it is claimed.
  // FailedPrecondition if it is mounted, or part of an array or a mapping, or one of its partitions
  // is, for two seconds; NotFound if there is no such device.
  virtual absl::StatusOr<std::unique_ptr<ClaimedDevice>> Claim(const std::string& dev_path) = 0;

  // Lets the kernel forget partition `number` of a disk. FailedPrecondition if it is in use.
  virtual absl::Status RemovePartition(const std::string& disk_path, std::uint32_t number) = 0;
};

}  // namespace ichor::sys
