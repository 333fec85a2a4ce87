// The machine's own files.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lib/sys/sysfs.h"

namespace ichor::sys {

class LinuxSysfs : public Sysfs {
 public:
  // `root` is put before every path: empty for the machine's own files, a directory in tests, where
  // absolute symbolic links lead out of it.
  explicit LinuxSysfs(std::string root = "") : root_(std::move(root)) {}

  absl::StatusOr<std::string> Read(const std::string& path, size_t limit_bytes) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& path) override;
  absl::StatusOr<std::string> Resolve(const std::string& path) override;

 private:
  const std::string root_;
};

}  // namespace ichor::sys
