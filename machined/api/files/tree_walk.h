// A walk over a directory tree, entry by entry.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/sys/file_view.h"

namespace ichor::api {

// What a walk comes by.
struct Visit {
  std::string path;
  std::string relative;  // to the root; the root itself is "."
  int depth = 0;         // of the root: 0
  absl::StatusOr<sys::FileStatus> status;
  bool leaving = false;  // of a directory: its contents are over
};

// `path` from the root on.
std::string AbsolutePath(const std::string& path);

bool IsDirectory(const sys::FileStatus& status);

// Depth first, sorted by name, following no symbolic link but those on the way to the root. A
// directory that cannot be read is left with the error in `status`.
class TreeWalk {
 public:
  // Does not go deeper than `max_depth`; negative: as deep as there is. `files` must outlive this.
  TreeWalk(sys::FileView& files, const std::string& root, int max_depth);

  // The next entry, or nothing at the end. May block.
  std::optional<Visit> Next();

 private:
  struct Directory {
    Visit visit;
    std::vector<std::string> names;
    size_t next = 0;
  };
  Visit Enter(Visit visit);

  sys::FileView& files_;
  const int max_depth_;
  std::string root_;
  bool begun_ = false;
  std::vector<Directory> open_;  // from the root to the one that is read
};

}  // namespace ichor::api
