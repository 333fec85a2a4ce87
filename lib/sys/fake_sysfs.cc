#include "lib/sys/fake_sysfs.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr int kMaxLinks = 40;

// Puts the names in `path` before those in `names`.
void Prepend(const std::string& path, std::deque<std::string>& names) {
  std::vector<std::string> parts;
  size_t start = 0;
  while (start <= path.size()) {
    const size_t end = std::min(path.find('/', start), path.size());
    parts.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  names.insert(names.begin(), parts.begin(), parts.end());
}

}  // namespace

void FakeSysfs::Write(const std::string& path, std::string text) {
  const base::MutexLock lock(mutex_);
  nodes_[path] = {.text = std::move(text), .target = "", .error = absl::OkStatus()};
}

void FakeSysfs::Link(const std::string& path, std::string target) {
  const base::MutexLock lock(mutex_);
  nodes_[path] = {.text = "", .target = std::move(target), .error = absl::OkStatus()};
}

void FakeSysfs::Remove(const std::string& path) {
  const base::MutexLock lock(mutex_);
  std::erase_if(nodes_, [&](const auto& node) {
    return node.first == path || node.first.starts_with(path + "/");
  });
}

void FakeSysfs::Fail(const std::string& path, absl::Status error) {
  const base::MutexLock lock(mutex_);
  nodes_[path].error = std::move(error);
}

bool FakeSysfs::IsThere(const std::string& path) const {
  if (path.empty() || nodes_.contains(path)) {
    return true;
  }
  const auto below = nodes_.lower_bound(path + "/");
  return below != nodes_.end() && below->first.starts_with(path + "/");
}

absl::StatusOr<std::string> FakeSysfs::Canonical(const std::string& path,
                                                 const std::string& verb) const {
  std::deque<std::string> names;
  Prepend(path, names);
  std::string done;
  int links = 0;
  while (!names.empty()) {
    const std::string name = std::move(names.front());
    names.pop_front();
    if (name.empty() || name == ".") {
      continue;
    }
    if (name == "..") {
      done.resize(done.empty() ? 0 : done.rfind('/'));
      continue;
    }
    const std::string here = std::format("{}/{}", done, name);
    const auto node = nodes_.find(here);
    if (node != nodes_.end() && !node->second.target.empty() && ++links <= kMaxLinks) {
      done = node->second.target.starts_with('/') ? "" : done;
      Prepend(node->second.target, names);
    } else if (links > kMaxLinks || !IsThere(here)) {
      return ErrnoError(links > kMaxLinks ? ELOOP : ENOENT, std::format("{} {}", verb, path));
    } else {
      done = here;
    }
  }
  return done;
}

absl::StatusOr<std::string> FakeSysfs::Read(const std::string& path, size_t limit_bytes) {
  const base::MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const std::string real, Canonical(path, "open"));
  const auto node = nodes_.find(real);
  if (node == nodes_.end()) {
    return ErrnoError(EISDIR, "read " + path);
  }
  RETURN_IF_ERROR(node->second.error);
  if (node->second.text.size() > limit_bytes) {
    return absl::OutOfRangeError(std::format("read {}: more than {} bytes", path, limit_bytes));
  }
  return node->second.text;
}

absl::StatusOr<std::vector<std::string>> FakeSysfs::List(const std::string& path) {
  const base::MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const std::string real, Canonical(path, "list"));
  if (nodes_.contains(real)) {
    return ErrnoError(ENOTDIR, "list " + path);
  }
  std::vector<std::string> names;
  for (auto node = nodes_.lower_bound(real + "/");
       node != nodes_.end() && node->first.starts_with(real + "/"); ++node) {
    const std::string rest = node->first.substr(real.size() + 1);
    names.push_back(rest.substr(0, rest.find('/')));
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

absl::StatusOr<std::string> FakeSysfs::Resolve(const std::string& path) {
  const base::MutexLock lock(mutex_);
  return Canonical(path, "resolve");
}

}  // namespace ichor::sys
