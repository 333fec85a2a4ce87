// Files in memory, with symbolic links.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "lib/base/mutex.h"
#include "lib/sys/sysfs.h"

namespace ichor::sys {

class FakeSysfs : public Sysfs {
 public:
  // Makes a file and the directories above it; replaces one that is there.
  void Write(const std::string& path, std::string text);
  // Makes a symbolic link; a relative target is relative to its directory.
  void Link(const std::string& path, std::string target);
  // Removes the file or link at `path`, or the directory with all in it.
  void Remove(const std::string& path);
  // Lets every read of the file at `path` fail with `error`.
  void Fail(const std::string& path, absl::Status error);

  absl::StatusOr<std::string> Read(const std::string& path, size_t limit_bytes) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& path) override;
  absl::StatusOr<std::string> Resolve(const std::string& path) override;

 private:
  struct Node {
    std::string text;
    std::string target;  // of a link; else empty
    absl::Status error;
  };
  absl::StatusOr<std::string> Canonical(const std::string& path, const std::string& verb) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsThere(const std::string& path) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable base::Mutex mutex_;
  std::map<std::string, Node> nodes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ichor::sys
