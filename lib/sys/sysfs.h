// The small text files in which the kernel, and stage 1, say what is there: sysfs, procfs,
// /dev/disk, /system/run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor::sys {

// All paths are absolute. Thread-safe: used from workers too. A read blocks as long as the driver
// behind the file wants to (virtio-blk asks the disk for its `serial`), so what asks a device is
// read on a worker.
class Sysfs {
 public:
  virtual ~Sysfs() = default;

  // The bytes of the file at `path`. NotFound if there is none; OutOfRange if there are more than
  // `limit_bytes`; other errors are the driver's.
  virtual absl::StatusOr<std::string> Read(const std::string& path, size_t limit_bytes) = 0;

  // Sorted names in the directory at `path`. NotFound if there is none; OutOfRange if there are
  // more than 65,536.
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& path) = 0;

  // `path` without symbolic links and dots. NotFound if nothing is there.
  virtual absl::StatusOr<std::string> Resolve(const std::string& path) = 0;
};

// The text of an attribute without the white space and zero bytes around it; empty if it cannot be
// read or has more than 64 KiB.
std::string ReadAttribute(Sysfs& sysfs, const std::string& path);

// An attribute that is a decimal number; absent if it is not.
std::optional<std::uint64_t> ReadNumber(Sysfs& sysfs, const std::string& path);

// `text` without white space and zero bytes at both ends.
std::string_view Trimmed(std::string_view text);

}  // namespace ichor::sys
