#include "lib/sys/fake_file_view.h"

#include <algorithm>
#include <cerrno>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

// Types of inode(7).
constexpr std::uint32_t kTypeMask = 0170000;
constexpr std::uint32_t kDirectory = 0040000;
constexpr std::uint32_t kRegular = 0100000;
constexpr std::uint32_t kLink = 0120000;
constexpr int kMostLinks = 40;  // as Linux

std::string Normal(const std::string& path) {
  return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

std::string Prefix(const std::string& directory) {
  return directory == "/" ? directory : directory + "/";
}

class FakeFileReader : public FileReader {
 public:
  FakeFileReader(const FileStatus& status, std::string contents)
      : status_(status), contents_(std::move(contents)) {}
  const FileStatus& status() const override { return status_; }
  absl::StatusOr<std::string> Next(size_t limit_bytes) override {
    std::string bytes = contents_.substr(0, limit_bytes);
    contents_.erase(0, bytes.size());
    return bytes;
  }

 private:
  const FileStatus status_;
  std::string contents_;
};

}  // namespace

FakeFileView::FakeFileView() {
  files_["/"].status.mode = kDirectory | 0755;
}

absl::StatusOr<std::string> FakeFileView::Read(const std::string& path, size_t limit_bytes) {
  ASSIGN_OR_RETURN(const File* file, Find(path, "open"));
  if ((file->status.mode & kTypeMask) != kRegular) {
    return absl::InvalidArgumentError(std::format("read {}: not a regular file", path));
  }
  if (file->contents.size() > limit_bytes) {
    return absl::OutOfRangeError(std::format("read {}: more than {} bytes", path, limit_bytes));
  }
  return file->contents;
}

absl::StatusOr<std::unique_ptr<FileReader>> FakeFileView::Open(const std::string& path) {
  ASSIGN_OR_RETURN(const File* file, Find(path, "open"));
  if ((file->status.mode & kTypeMask) != kRegular) {
    return absl::InvalidArgumentError(std::format("read {}: not a regular file", path));
  }
  return std::make_unique<FakeFileReader>(file->status, file->contents);
}

absl::StatusOr<std::string> FakeFileView::Resolve(const std::string& path) {
  std::string done = "/";
  std::string rest = path;
  for (int links = 0; !rest.empty();) {
    const size_t slash = std::min(rest.find('/'), rest.size());
    const std::string name = rest.substr(0, slash);
    rest.erase(0, slash + 1);
    if (name.empty() || name == ".") {
      continue;
    }
    if (name == "..") {
      done.erase(std::max<size_t>(done.rfind('/'), 1));
      continue;
    }
    const std::string next = Prefix(done) + name;
    const auto found = files_.find(next);
    if (found == files_.end()) {
      return ErrnoError(ENOENT, "open " + path);
    }
    if ((found->second.status.mode & kTypeMask) != kLink) {
      done = next;
    } else if (++links > kMostLinks) {
      return absl::PermissionDeniedError(
          std::format("open {}: a link on the way is not followed", path));
    } else {
      rest.insert(0, found->second.contents + "/");
      done = found->second.contents.starts_with('/') ? "/" : done;
    }
  }
  return done;
}

absl::StatusOr<std::vector<std::string>> FakeFileView::Entries(const std::string& path) {
  ASSIGN_OR_RETURN(const File* file, Find(path, "open"));
  if ((file->status.mode & kTypeMask) != kDirectory) {
    return ErrnoError(ENOTDIR, "open " + path);
  }
  const std::string prefix = Prefix(Normal(path));
  std::vector<std::string> names;
  for (auto entry = files_.upper_bound(prefix);
       entry != files_.end() && entry->first.starts_with(prefix); ++entry) {
    const std::string name = entry->first.substr(prefix.size());
    if (!name.contains('/')) {
      names.push_back(name);
    }
  }
  return names;
}

absl::StatusOr<std::string> FakeFileView::ReadLink(const std::string& path) {
  ASSIGN_OR_RETURN(const File* file, Find(path, "read link"));
  if ((file->status.mode & kTypeMask) != kLink) {
    return ErrnoError(EINVAL, "read link " + path);
  }
  return file->contents;
}

absl::StatusOr<FileStatus> FakeFileView::Status(const std::string& path) {
  ASSIGN_OR_RETURN(const File* file, Find(path, "stat"));
  return file->status;
}

absl::StatusOr<std::vector<ExtendedAttribute>> FakeFileView::Attributes(const std::string& path) {
  ASSIGN_OR_RETURN(const File* file, Find(path, "list attributes of"));
  static_cast<void>(file);
  return std::vector<ExtendedAttribute>();
}

absl::StatusOr<FilesystemUse> FakeFileView::Use(const std::string& path) {
  ASSIGN_OR_RETURN(const File* file, Find(path, "statfs"));
  static_cast<void>(file);
  return use;
}

void FakeFileView::AddFile(const std::string& path, std::string contents) {
  File& file = Put(path, kRegular | 0644);
  file.status.size_bytes = contents.size();
  file.status.used_bytes = (contents.size() + 4095) / 4096 * 4096;
  file.contents = std::move(contents);
}

void FakeFileView::AddLink(const std::string& path, std::string target) {
  Put(path, kLink | 0777).contents = std::move(target);
}

void FakeFileView::AddDirectory(const std::string& path) {
  Put(path, kDirectory | 0755);
}

absl::StatusOr<const FakeFileView::File*> FakeFileView::Find(const std::string& path,
                                                             std::string_view what) const {
  const auto found = files_.find(Normal(path));
  if (found == files_.end()) {
    return ErrnoError(ENOENT, std::format("{} {}", what, path));
  }
  return &found->second;
}

FakeFileView::File& FakeFileView::Put(const std::string& path, std::uint32_t mode) {
  const size_t slash = path.rfind('/');
  if (slash > 0 && !files_.contains(path.substr(0, slash))) {
    AddDirectory(path.substr(0, slash));
  }
  File& file = files_[path];
  file.status.mode = mode;
  file.status.inode = files_.size();
  return file;
}

}  // namespace ichor::sys
