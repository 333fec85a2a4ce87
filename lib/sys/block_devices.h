// What is on disks: partition tables, superblocks, bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

// What a superblock or a partition table says of itself. Everything empty or 0: nothing known was
// found. Texts have no control characters, but may hold any other bytes.
struct ProbedContents {
  std::string type;   // as libblkid calls it: "gpt", "dos", "xfs", "vfat", "crypto_LUKS" …
  std::string label;  // of the filesystem
  std::string uuid;   // of the filesystem or the table
  std::uint64_t size_bytes = 0;  // that the filesystem takes
  std::uint32_t block_size_bytes = 0;
  std::uint32_t filesystem_block_size_bytes = 0;

  friend bool operator==(const ProbedContents&, const ProbedContents&) = default;
};

struct ProbedPartition {
  std::uint64_t index = 0;  // from 1
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = 0;
  std::string uuid;   // lower case
  std::string type;   // GPT: a GUID in lower case; DOS: "0x83"
  std::string label;  // GPT only
  ProbedContents contents;

  friend bool operator==(const ProbedPartition&, const ProbedPartition&) = default;
};

struct ProbedDisk {
  std::uint64_t size_bytes = 0;
  std::uint64_t sector_size_bytes = 0;
  ProbedContents contents;
  std::vector<ProbedPartition> partitions;  // by index

  friend bool operator==(const ProbedDisk&, const ProbedDisk&) = default;
};

// How large a device is, and in what pieces it is written.
struct DeviceSize {
  std::uint64_t bytes = 0;
  std::uint32_t sector_bytes = 512;

  friend bool operator==(const DeviceSize&, const DeviceSize&) = default;
};

// Everything blocks, for ever if the disk hangs, so it is called on workers only. Thread-safe for
// different disks.
class BlockDevices {
 public:
  virtual ~BlockDevices() = default;

  // Reads what is on the whole disk at `dev_path` and in each of its partitions; writes nothing.
  // A disk without medium is empty. NotFound if there is no such disk.
  virtual absl::StatusOr<ProbedDisk> Probe(const std::string& dev_path) = 0;

  // The size of the device at `dev_path`, as the kernel knows it: nothing is read. A file has
  // sectors of 512 bytes. NotFound if there is no such device.
  virtual absl::StatusOr<DeviceSize> Measure(const std::string& dev_path) = 0;

  // `size` bytes from `offset` of the device, or file, at `dev_path`. OutOfRange if they are not
  // all there.
  virtual absl::StatusOr<std::string> Read(const std::string& dev_path, std::uint64_t offset,
                                           size_t size) = 0;

  // Writes `bytes` at `offset` and flushes them to the medium. OutOfRange, and nothing is written,
  // if they do not fit. A power cut may leave any part of them written.
  virtual absl::Status Write(const std::string& dev_path, std::uint64_t offset,
                             std::string_view bytes) = 0;

  // Tells the kernel of a partition that the disk's table has now, so that its device is there, or
  // has its new size. OK too if the kernel knows it already, at this very place; FailedPrecondition
  // if it knows another one of this number, or there. The kernel reads a table by itself only while
  // no partition is in use.
  virtual absl::Status AddPartition(const std::string& dev_path, std::uint32_t number,
                                    std::uint64_t offset_bytes, std::uint64_t size_bytes) = 0;
};

}  // namespace ichor::sys
