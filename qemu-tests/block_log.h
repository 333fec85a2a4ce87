// What a disk was told to do, in order, and what it may hold when the power goes in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::qemu {

// The log that QEMU's driver blklogwrites keeps (DiskSpec::write_log), in the format of the
// kernel's dm-log-writes: Documentation/admin-guide/device-mapper/log-writes.rst.
class BlockLog {
 public:
  // InvalidArgument if `path` is no such log. What was being written to it when QEMU ended is left
  // out.
  static absl::StatusOr<BlockLog> Read(const std::string& path);

  // How many writes and flushes there are.
  std::size_t size() const { return entries_.size(); }

  // Makes of the raw disk `disk`, which is as it was when the log began, one whose power went
  // before entry `end`: it holds all that was flushed by then, and of what was written since a
  // random part, in any order.
  absl::Status CutPower(const std::string& disk, std::size_t end, std::mt19937& random) const;

 private:
  struct Entry {
    std::uint64_t offset = 0;  // on the disk, in bytes
    std::uint64_t size = 0;    // in bytes
    std::uint64_t data = 0;    // where it begins in the log, in bytes
    bool flush = false;        // all before it is on the medium
    bool durable = false;      // it is itself (FUA)
    bool discard = false;      // it has no data: the disk reads zeros there
  };

  explicit BlockLog(std::string path) : path_(std::move(path)) {}

  std::string path_;
  std::vector<Entry> entries_;
};

}  // namespace ichor::qemu
