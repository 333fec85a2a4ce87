#include "machined/api/files/tree_walk.h"

#include <utility>

namespace ichor::api {
namespace {

constexpr std::uint32_t kTypeMask = 0170000;  // inode(7)
constexpr std::uint32_t kDirectoryType = 0040000;

}  // namespace

std::string AbsolutePath(const std::string& path) {
  return path.starts_with('/') ? path : "/" + path;
}

bool IsDirectory(const sys::FileStatus& status) {
  return (status.mode & kTypeMask) == kDirectoryType;
}

TreeWalk::TreeWalk(sys::FileView& files, const std::string& root, int max_depth)
    : files_(files), max_depth_(max_depth), root_(AbsolutePath(root)) {}

std::optional<Visit> TreeWalk::Next() {
  if (!std::exchange(begun_, true)) {
    absl::StatusOr<std::string> resolved = files_.Resolve(root_);
    if (!resolved.ok()) {
      return Visit{.path = root_, .relative = ".", .depth = 0, .status = resolved.status()};
    }
    root_ = *std::move(resolved);
    return Enter({.path = root_, .relative = ".", .depth = 0, .status = files_.Status(root_)});
  }
  if (open_.empty()) {
    return std::nullopt;
  }
  Directory& directory = open_.back();
  if (directory.next == directory.names.size()) {
    Visit visit = std::move(directory.visit);
    open_.pop_back();
    visit.leaving = true;
    return visit;
  }
  const std::string& name = directory.names[directory.next++];
  const Visit& parent = directory.visit;
  Visit visit{.path = parent.path == "/" ? "/" + name : parent.path + "/" + name,
              .relative = parent.depth == 0 ? name : parent.relative + "/" + name,
              .depth = parent.depth + 1,
              .status = sys::FileStatus()};
  visit.status = files_.Status(visit.path);
  return Enter(std::move(visit));
}

Visit TreeWalk::Enter(Visit visit) {
  const bool deep_enough = max_depth_ >= 0 && visit.depth >= max_depth_;
  if (!visit.status.ok() || !IsDirectory(*visit.status) || deep_enough) {
    return visit;
  }
  Directory directory{.visit = visit, .names = {}};
  absl::StatusOr<std::vector<std::string>> names = files_.Entries(visit.path);
  if (names.ok()) {
    directory.names = *std::move(names);
  } else {
    directory.visit.status = names.status();
  }
  open_.push_back(std::move(directory));
  return visit;
}

}  // namespace ichor::api
