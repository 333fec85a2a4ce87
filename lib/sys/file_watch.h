// Notices what happens to files.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"

namespace ichor::sys {

// Watches directories. Whoever changes, makes, moves or removes a file there, or gives it to
// somebody else, is noticed. Any thread. See inotify(7).
class FileWatch {
 public:
  static absl::StatusOr<std::unique_ptr<FileWatch>> Create();

  // Readable when something happened; owned here.
  int Descriptor() const { return inotify_.get(); }

  // Watches `directory` and those below it from now on; one that is not there is none. Returns the
  // number of the youngest watch, which grows if any is new. To be called again after changes,
  // since a directory that was made since is not watched. Blocks.
  absl::StatusOr<int> Watch(const std::string& directory);

  // Whether something happened since the last call; what is left is readable. Does not block.
  bool Drain();

 private:
  explicit FileWatch(base::UniqueFd inotify) : inotify_(std::move(inotify)) {}

  const base::UniqueFd inotify_;
};

}  // namespace ichor::sys
